//! What a company asks of its accounts.

use http::StatusCode;
use scim_service::{
    Action, Context, Event, Invariant, Policy, Principal, Proposal, Question, Target,
    core::{Error, ScimType},
    schema::Valid,
};
use serde_json::Value;

pub(crate) struct HouseRules;

impl Policy for HouseRules {
    /// Auditors look, and that is all.
    fn authorize(&self, cx: &Context, action: Action, _: &Target<'_>) -> Result<(), Error> {
        let is_auditor = cx.get::<Principal>().is_some_and(|who| &*who.0 == "auditor");
        if is_auditor && action != Action::Read {
            return Err(Error::new(StatusCode::FORBIDDEN, "auditors may only read"));
        }
        Ok(())
    }

    /// Names are addresses of the company, and everybody has a name to show.
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let user = proposal.resource.attributes_mut();
        let name = user.get("userName").and_then(Value::as_str).unwrap_or_default();
        let Some((own, "example.com")) = name.split_once('@') else {
            return Err(Error::invalid_value("`userName` must be an address of example.com"));
        };
        let own = own.to_owned();
        user.entry("displayName").or_insert(Value::String(own));
        Ok(())
    }

    /// Whoever is deleted was switched off before.
    fn before_delete(&self, _: &Context, _: &str, user: &Valid) -> Result<(), Error> {
        if user.attributes().get("active") == Some(&Value::Bool(true)) {
            return Err(Error::of(ScimType::Mutability, "an active user is not deleted"));
        }
        Ok(())
    }

    /// There is always an owner who is active, whatever two requests do at once. So the first user
    /// has to be one.
    fn invariants(&self, cx: &Context, _: Action) -> Result<Vec<Invariant>, Error> {
        let owners = Question::count(cx, r#"active eq true and userType eq "Owner""#)?;
        Ok(vec![Invariant::new([owners], |answers| {
            let count: u64 = answers.iter().filter_map(|page| page.total).sum();
            if count > 0 { Ok(()) } else { Err(Error::invalid_value("the last owner must stay")) }
        })])
    }

    /// Somebody may want to hear of it; a crash can lose this, unlike what stands above.
    fn after(&self, _: &Context, event: &Event<'_>) {
        let _ = (event.action, event.id);
    }
}
