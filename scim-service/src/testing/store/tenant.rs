//! What one tenant does is nothing to another.

use serde_json::json;

use super::{
    bench::{Bench, Miss, Outcome, SECOND, Type, ensure, group, id, ids},
    check::checks,
    edit::Edit,
};
use crate::{Context, Guard, New, Write, Written};

checks! { "tenant":
    another_tenants_resource_cannot_be_read,
    another_tenants_resource_cannot_be_changed,
    another_tenants_resource_cannot_be_deleted,
    another_tenants_resources_are_not_listed,
    another_tenants_resources_are_not_found,
    another_tenants_resources_are_not_counted,
    another_tenants_resources_are_not_met_by_position,
    names_are_unique_in_a_tenant_only,
    names_stay_unique_on_both_sides,
    another_tenants_user_is_no_member,
    another_tenants_user_cannot_be_added,
    another_tenants_groups_are_not_shown,
    a_deletion_leaves_another_tenants_groups,
    writes_of_a_batch_go_to_their_own_tenants,
    a_request_of_nobody_sees_nothing,
}

fn apart(bench: &Bench) -> Outcome {
    match bench.settings().many_tenants {
        true => Ok(()),
        false => Err(Miss::Skipped("the store serves one tenant".to_owned())),
    }
}

fn second(bench: &Bench) -> Outcome<Context> {
    bench.of(Type::User, SECOND)
}

/// Users 1 and 2 of the first tenant, and 3 of the second.
async fn load(bench: &Bench) -> Outcome {
    apart(bench)?;
    bench.user(1, json!({"userName": "a", "displayName": "Mine"})).await?;
    bench.user(2, json!({"userName": "b", "displayName": "Mine"})).await?;
    bench.make(&second(bench)?, &id(3), json!({"userName": "c", "displayName": "Theirs"})).await?;
    Ok(())
}

async fn another_tenants_resource_cannot_be_read(bench: Bench) -> Outcome {
    load(&bench).await?;
    ensure!(
        bench.find(&second(&bench)?, &id(1)).await?.is_none(),
        "`get` shows another tenant's resource"
    );
    ensure!(
        bench.find(&bench.users(), &id(3)).await?.is_none(),
        "`get` shows another tenant's resource"
    );
    bench.seen(&second(&bench)?, &id(3)).await?;
    bench.seen(&bench.users(), &id(1)).await.map(drop)
}

async fn another_tenants_resource_cannot_be_changed(bench: Bench) -> Outcome {
    load(&bench).await?;
    let before = bench.seen(&bench.users(), &id(1)).await?;
    let put = Edit::put(second(&bench)?, json!({"userName": "stolen"}));
    ensure!(bench.update(&id(1), put).await?.is_none(), "a PUT reaches another tenant's resource");
    let patch = Edit::one(second(&bench)?, "replace", "displayName", json!("Stolen"))?;
    ensure!(
        bench.update(&id(1), patch).await?.is_none(),
        "a PATCH reaches another tenant's resource"
    );
    let after = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(after.attributes == before.attributes, "another tenant's change is made");
    ensure!(after.version == before.version, "another tenant's change moves the version");
    Ok(())
}

async fn another_tenants_resource_cannot_be_deleted(bench: Bench) -> Outcome {
    load(&bench).await?;
    let found = bench.delete(&second(&bench)?, &id(1), &Guard::default()).await?;
    ensure!(!found, "a DELETE finds another tenant's resource");
    bench.seen(&bench.users(), &id(1)).await.map(drop)
}

async fn another_tenants_resources_are_not_listed(bench: Bench) -> Outcome {
    load(&bench).await?;
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(1), id(2)],
        "a list is not that of the tenant"
    );
    ensure!(
        bench.list(&second(&bench)?).await?.ids() == [id(3)],
        "a list is not that of the tenant"
    );
    ensure!(
        bench.list(&bench.of(Type::User, "third")?).await?.ids().is_empty(),
        "a new tenant's list is not empty"
    );
    Ok(())
}

async fn another_tenants_resources_are_not_found(bench: Bench) -> Outcome {
    load(&bench).await?;
    super::filter::searching(&bench)?;
    let one = format!(r#"id eq "{}""#, id(1));
    for filter in [
        r#"userName eq "a""#,
        r#"displayName eq "mine""#,
        &one,
        r#"userName eq "b" or displayName sw "m""#,
    ] {
        let found = bench.search(&second(&bench)?, filter).await?;
        ensure!(
            found.ids().is_empty() && found.total == Some(0),
            "`{filter}` finds another tenant's resources"
        );
    }
    for filter in [
        "userName pr",
        r#"not (userName eq "x")"#,
        r#"userName eq "a" or userName pr"#,
        r#"displayName ne "mine""#,
    ] {
        let found = bench.search(&second(&bench)?, filter).await?;
        ensure!(
            found.ids() == [id(3)] && found.total == Some(1),
            "`{filter}` finds another tenant's resources"
        );
    }
    Ok(())
}

async fn another_tenants_resources_are_not_counted(bench: Bench) -> Outcome {
    load(&bench).await?;
    for (cx, total) in [(bench.users(), 2), (second(&bench)?, 1)] {
        for count in [0, 1, 10] {
            let mut query = super::bench::whole(&cx);
            query.window = crate::Window::Index { start: 1, count };
            let found = bench.page(&cx, &query).await?.total;
            ensure!(found == Some(total), "of a tenant's {total} resources {found:?} are counted");
        }
    }
    Ok(())
}

async fn another_tenants_resources_are_not_met_by_position(bench: Bench) -> Outcome {
    load(&bench).await?;
    if !bench.features().cursor {
        return Err(Miss::Skipped("the store does not page by position".to_owned()));
    }
    let cx = second(&bench)?;
    let place = |number| crate::Position { key: None, id: id(number) };
    for window in [
        crate::Window::After { position: None, count: 10 },
        crate::Window::After { position: Some(place(1)), count: 10 },
        crate::Window::Before { position: Some(place(9)), count: 10 },
    ] {
        let mut query = super::bench::whole(&cx);
        query.window = window;
        let page = bench.page(&cx, &query).await?;
        ensure!(page.ids() == [id(3)], "another tenant's resources are met by position");
        ensure!(
            page.next.is_none() || page.ids().len() == 1,
            "a position leads on to another tenant"
        );
    }
    Ok(())
}

async fn names_are_unique_in_a_tenant_only(bench: Bench) -> Outcome {
    load(&bench).await?;
    bench.make(&second(&bench)?, &id(4), json!({"userName": "a"})).await?;
    let edit = Edit::one(second(&bench)?, "replace", "userName", json!("b"))?;
    bench.done(&id(3), edit).await.map(drop)
}

async fn names_stay_unique_on_both_sides(bench: Bench) -> Outcome {
    load(&bench).await?;
    bench.make(&second(&bench)?, &id(4), json!({"userName": "a"})).await?;
    bench.drop(&second(&bench)?, &id(4)).await?;
    let again = bench.create(&bench.users(), &id(5), json!({"userName": "A"})).await?;
    super::bench::conflicts(again, "a second `userName`, once another tenant has given it up,")
}

async fn another_tenants_user_is_no_member(bench: Bench) -> Outcome {
    load(&bench).await?;
    bench.groups()?;
    let cx = bench.of(Type::Group, SECOND)?;
    bench.make(&cx, &id(10), group("Group", &[1, 3])).await?;
    let kept = bench.seen(&cx, &id(10)).await?;
    ensure!(kept.values("members") == ids(&[3]), "a group holds another tenant's user");
    Ok(())
}

async fn another_tenants_user_cannot_be_added(bench: Bench) -> Outcome {
    load(&bench).await?;
    bench.groups()?;
    let cx = || bench.of(Type::Group, SECOND);
    bench.make(&cx()?, &id(10), group("Group", &[])).await?;
    let add = Edit::one(cx()?, "add", "members", super::bench::elements(&[1, 3]))?;
    bench.done(&id(10), add).await?;
    let kept = bench.seen(&cx()?, &id(10)).await?;
    ensure!(kept.values("members") == ids(&[3]), "another tenant's user can be added to a group");
    bench.done(&id(10), Edit::put(cx()?, group("Group", &[2]))).await?;
    let kept = bench.seen(&cx()?, &id(10)).await?;
    ensure!(kept.values("members").is_empty(), "another tenant's user can be put into a group");
    Ok(())
}

async fn another_tenants_groups_are_not_shown(bench: Bench) -> Outcome {
    load(&bench).await?;
    bench.group(10, "Mine", &[1]).await?;
    bench.make(&bench.of(Type::Group, SECOND)?, &id(11), group("Theirs", &[1, 2, 3])).await?;
    let kept = bench.seen(&bench.users(), &id(1)).await?;
    ensure!(kept.values("groups") == ids(&[10]), "a user shows groups of another tenant");
    let kept = bench.seen(&second(&bench)?, &id(3)).await?;
    ensure!(kept.values("groups") == ids(&[11]), "a user does not show the groups of its tenant");
    Ok(())
}

async fn a_deletion_leaves_another_tenants_groups(bench: Bench) -> Outcome {
    load(&bench).await?;
    let cx = || bench.of(Type::Group, SECOND);
    bench.group(10, "Mine", &[1, 2]).await?;
    bench.make(&cx()?, &id(11), group("Theirs", &[3])).await?;
    let before = bench.seen(&cx()?, &id(11)).await?;
    bench.drop(&bench.users(), &id(1)).await?;
    bench.drop(&bench.groups()?, &id(10)).await?;
    let after = bench.seen(&cx()?, &id(11)).await?;
    ensure!(after.attributes == before.attributes, "a deletion changes another tenant's group");
    ensure!(
        after.version == before.version,
        "a deletion moves the version of another tenant's group"
    );
    Ok(())
}

async fn writes_of_a_batch_go_to_their_own_tenants(bench: Bench) -> Outcome {
    load(&bench).await?;
    let create = |cx: Context, number: u64| -> Outcome<Write> {
        let new = New::with_id(id(number), Bench::valid(&cx, json!({"userName": "same"}))?);
        Ok(Write::Create { cx, new })
    };
    let writes = vec![
        create(bench.users(), 20)?,
        create(second(&bench)?, 21)?,
        Write::Delete { cx: second(&bench)?, id: id(1), guard: Guard::default() },
    ];
    let results = bench.batch(writes, None).await;
    ensure!(
        matches!(
            results.as_slice(),
            [Ok(Written::Created(_)), Ok(Written::Created(_)), Ok(Written::Deleted(false))]
        ),
        "a batch for two tenants comes to something else"
    );
    ensure!(
        bench.list(&bench.users()).await?.ids() == [id(1), id(2), id(20)],
        "a batch writes to another tenant"
    );
    ensure!(
        bench.list(&second(&bench)?).await?.ids() == [id(3), id(21)],
        "a batch writes to another tenant"
    );
    Ok(())
}

/// Without a tenant a request is refused, or about nothing; it is never about all.
async fn a_request_of_nobody_sees_nothing(bench: Bench) -> Outcome {
    load(&bench).await?;
    let cx = bench.anonymous(Type::User)?;
    let want = scim_schema::Projection::default_of(cx.schema());
    let seen = matches!(bench.get(&cx, &id(1), &want).await, Ok(Some(_)));
    ensure!(!seen, "without a tenant, `get` shows some tenant's resource");
    let page = bench.query(&cx, &super::bench::whole(&cx)).await;
    let listed = page
        .is_ok_and(|page| !page.resources.is_empty() || page.total.is_some_and(|total| total > 0));
    ensure!(!listed, "without a tenant, `query` lists some tenant's resources");
    let edit = Edit::one(bench.anonymous(Type::User)?, "replace", "displayName", json!("x"))?;
    let changed = matches!(bench.update(&id(1), edit).await, Ok(Some(_)));
    ensure!(!changed, "without a tenant, `update` reaches some tenant's resource");
    let deleted = matches!(bench.delete(&cx, &id(1), &Guard::default()).await, Ok(true));
    ensure!(!deleted, "without a tenant, `delete` reaches some tenant's resource");
    Ok(())
}
