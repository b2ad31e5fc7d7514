//! Resource types that the tests share.

use scim_core::{Constraints, Schema};
use scim_schema::{Overlay, Projection, ResourceSchema, catalog, read_schemas};
use serde_json::{Map, Value};

/// The resource type that the corpus calls by this name.
pub(crate) fn schema(name: &str) -> ResourceSchema {
    let enterprise = || catalog::user().extend(catalog::enterprise()).unwrap();
    match name {
        "user" => catalog::user(),
        "group" => catalog::group(),
        "enterprise" => enterprise(),
        "required" => catalog::user().require(catalog::enterprise()).unwrap(),
        "keeping" => enterprise().keep_extensions(),
        "peakon" => catalog::user().extend(catalog::peakon()).unwrap(),
        "prendio" => catalog::user().extend(catalog::prendio()).unwrap(),
        "limited" => enterprise().overlay(&limits()).unwrap(),
        "thing" => thing(),
        other => panic!("no resource type `{other}`"),
    }
}

fn limits() -> Overlay {
    let on = |path: &str| path.parse().unwrap();
    Overlay::new()
        .on(on("title"), Constraints::new().max_length(3))
        .on(on("userType"), Constraints::new().one_of(["Employee", "Contractor"]))
        .on(on("nickName"), Constraints::new().one_of_any_case(["Straße"]))
        .on(on("department"), Constraints::new().one_of(["Sales"]).or_unset())
        .on(on("emails.value"), Constraints::new().max_length(10))
        .on(on("externalId"), Constraints::new().max_length(4))
}

/// A resource type with an attribute of every kind.
pub(crate) fn thing() -> ResourceSchema {
    let range = Constraints::new().at_least(1).at_most(10);
    ResourceSchema::new(thing_schema())
        .unwrap()
        .overlay(&Overlay::new().on("rank".parse().unwrap(), range))
        .unwrap()
}

pub(crate) fn thing_schema() -> Schema {
    let document: Value =
        serde_json::from_str(include_str!("../corpus/schema/thing.json")).unwrap();
    read_schemas(document).unwrap().remove(0)
}

/// What a projection writes of a resource.
pub(crate) fn written(projection: &Projection, resource: &Map<String, Value>) -> Value {
    let mut text = b"{".to_vec();
    projection.write(resource, &mut text);
    text.push(b'}');
    serde_json::from_slice(&text).unwrap()
}
