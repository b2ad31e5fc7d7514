//! Faults of reads.

use std::sync::{Arc, atomic::Ordering};

use scim_core::Version;
use scim_filter::{Element, Key, Node, ResolvedPath, Test, TestOp};
use scim_schema::Projection;
use serde_json::{Map, Value, json};

use super::broken::{Broken, Fault, complete, copy, of_tenant};
use crate::{
    Context, Page, Position, Query, Store, StoreError, Stored, Window, testing::store::race::lock,
    testing::store::settings::EXTENSION,
};

const TENANTS: [&str; 2] = ["first", "second"];

impl Broken {
    pub(super) async fn read(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        let lower = id.to_lowercase();
        let id = if self.has(Fault::IgnoresCaseOfIds) { &lower } else { id };
        let mut found = self.inner.get(cx, id, want).await?;
        if found.is_none() && self.has(Fault::ShowsDeleted) {
            found = self.buried(id);
        }
        let leaks = self.has(Fault::LeaksOnGet);
        if leaks || (self.has(Fault::ServesNobody) && cx.get::<crate::Tenant>().is_none()) {
            for tenant in TENANTS {
                found = found.or(self.inner.get(&of_tenant(cx, tenant), id, want).await?);
            }
        }
        Ok(found.map(|stored| self.spoil(cx, stored, want)))
    }

    /// What becomes of a resource on its way out.
    pub(super) fn spoil(&self, cx: &Context, mut stored: Stored, want: &Projection) -> Stored {
        let attributes = Arc::make_mut(&mut stored.attributes);
        match self.fault {
            Some(Fault::DropsMember) => {
                if let Some(Value::Array(members)) = attributes.get_mut("members") {
                    members.pop();
                }
            }
            Some(Fault::CutsWhatIsNotWanted) if !want.includes("members") => {
                if let Some(Value::Array(members)) = attributes.get_mut("members") {
                    members.truncate(1);
                }
            }
            Some(Fault::ForgetsGroups) => {
                attributes.remove("groups");
            }
            Some(Fault::ForgetsExtensions) => {
                attributes.remove(EXTENSION.as_str());
            }
            Some(Fault::TrimsText) => each(attributes, &|value| {
                if let Value::String(text) = value {
                    *text = text.trim().to_owned();
                }
            }),
            Some(Fault::RoundsNumbers) => each(attributes, &|value| {
                if let Some(number) = value.as_f64().filter(|_| value.is_number()) {
                    *value = json!(number);
                }
            }),
            Some(Fault::KeepsMemberships) => {
                let dead = lock(&self.dead);
                let lost = dead.iter().filter(|(group, _)| *group == stored.id);
                let members = attributes.entry("members").or_insert_with(|| json!([]));
                if let Value::Array(members) = members {
                    members.extend(lost.map(|(_, member)| json!({"value": member})));
                }
            }
            Some(Fault::LeavesVersionOfGroups) if cx.resource_type() == "Group" => {
                stored.version = Version::of(attributes["displayName"].to_string().as_bytes());
            }
            Some(Fault::LeavesTimeOfChange) => stored.modified = stored.created,
            Some(Fault::LeavesVersionOnDelete) => {
                if let Some(version) = lock(&self.versions).get(&stored.id) {
                    stored.version = version.clone();
                }
            }
            _ => {}
        }
        stored
    }

    pub(super) async fn search(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        let mut asked = query.clone();
        match self.fault {
            Some(Fault::RefusesFilters) if query.filter.is_some() => {
                return Err(StoreError::unsupported("userName"));
            }
            Some(Fault::IgnoresSort) => asked.sort = None,
            Some(Fault::IgnoresCount) => {
                if let Window::Index { count, .. } = &mut asked.window {
                    *count = usize::MAX;
                }
            }
            Some(Fault::TakesEndForBeginning) => {
                if let Window::Before { position: None, count } = asked.window {
                    asked.window = Window::After { position: None, count };
                }
            }
            Some(Fault::CountsFromZero) => {
                if let Window::Index { start, .. } = &mut asked.window {
                    *start = start.saturating_add(1);
                }
            }
            Some(Fault::RepeatsPosition | Fault::LosesPlaceWithoutRow | Fault::PagesByOffset) => {
                return self.by_position(cx, query).await;
            }
            Some(Fault::FiltersAfterPaging) => asked.filter = None,
            Some(
                Fault::ForgetsPartOfFilter
                | Fault::HeedsCaseInFilters
                | Fault::TakesWildcards
                | Fault::MixesElements
                | Fault::NegatesOnlyWhatIsThere
                | Fault::FindsOldValues,
            ) => return Ok(self.by_hand(cx, query).await),
            Some(Fault::PutsMissingFirst | Fault::TiesDescend | Fault::SortsByFirstElement) => {
                return self.misplaced(cx, query).await;
            }
            _ => {}
        }
        let mut page = self.inner.query(cx, &asked).await?;
        let resources = std::mem::take(&mut page.resources);
        page.resources =
            resources.into_iter().map(|stored| self.spoil(cx, stored, &query.want)).collect();
        self.miscount(cx, query, &mut page).await;
        Ok(page)
    }

    /// Faults of pages as a whole.
    async fn miscount(&self, cx: &Context, query: &Query, page: &mut Page) {
        match self.fault {
            Some(Fault::TotalsPage) => page.total = u64::try_from(page.resources.len()).ok(),
            Some(Fault::FiltersAfterPaging) => {
                if let Some(filter) = &query.filter {
                    let holds = |one: &Stored| filter.matches(&Value::Object(complete(cx, one)));
                    page.resources.retain(holds);
                }
            }
            Some(Fault::ChangesOrder) => {
                let by = self.calls.fetch_add(1, Ordering::Relaxed);
                let len = page.resources.len().max(1);
                page.resources.rotate_left(by % len);
            }
            Some(Fault::LeaksOnQuery) => {
                for tenant in TENANTS {
                    let other = self.inner.query(&of_tenant(cx, tenant), query).await.unwrap();
                    let known: Vec<String> =
                        page.resources.iter().map(|one| one.id.clone()).collect();
                    page.resources
                        .extend(other.resources.into_iter().filter(|one| !known.contains(&one.id)));
                }
            }
            Some(Fault::CountsAllTenants) => {
                let mut total = 0;
                for tenant in TENANTS {
                    total += self
                        .inner
                        .query(&of_tenant(cx, tenant), query)
                        .await
                        .unwrap()
                        .total
                        .unwrap();
                }
                page.total = Some(total);
            }
            Some(Fault::ListsDeleted) => {
                page.resources.extend(lock(&self.grave).iter().map(copy));
                page.total = page.total.map(|total| total + lock(&self.grave).len() as u64);
            }
            _ => {}
        }
    }

    /// Filters answered by a wrong evaluator; nobody asks for a page of them.
    async fn by_hand(&self, cx: &Context, query: &Query) -> Page {
        let mut resources = self.all(cx).await;
        if let Some(filter) = &query.filter {
            resources.retain(|stored| {
                let old = self.buried(&stored.id).filter(|_| self.has(Fault::FindsOldValues));
                let seen = old.as_ref().unwrap_or(stored);
                self.holds(filter.root(), &complete(cx, seen))
            });
        }
        let total = u64::try_from(resources.len()).unwrap();
        Page::new(resources, total)
    }

    fn holds(&self, node: &Node, resource: &Map<String, Value>) -> bool {
        match node {
            Node::Constant(outcome) => *outcome,
            Node::And(parts) if self.has(Fault::ForgetsPartOfFilter) => {
                self.holds(parts.first().unwrap(), resource)
            }
            Node::And(parts) => parts.iter().all(|part| self.holds(part, resource)),
            Node::Or(parts) => parts.iter().any(|part| self.holds(part, resource)),
            Node::Not(inner) => {
                let there = || self.mentions(inner, resource);
                !self.holds(inner, resource)
                    && (!self.has(Fault::NegatesOnlyWhatIsThere) || there())
            }
            Node::Test(test) => self.passes(test, resource),
            Node::Element(Element { path, filter }) => {
                let elements: Vec<Map<String, Value>> =
                    path.values(resource).filter_map(|one| one.as_object().cloned()).collect();
                if self.has(Fault::MixesElements) {
                    return self.mixed(filter, &elements);
                }
                elements.iter().any(|element| self.holds(filter, element))
            }
        }
    }

    /// Each part of a value path is asked of any element.
    fn mixed(&self, node: &Node, elements: &[Map<String, Value>]) -> bool {
        match node {
            Node::And(parts) => parts.iter().all(|part| self.mixed(part, elements)),
            node => elements.iter().any(|element| self.holds(node, element)),
        }
    }

    fn mentions(&self, node: &Node, resource: &Map<String, Value>) -> bool {
        match node {
            Node::Test(test) => test.path.values(resource).next().is_some(),
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().all(|part| self.mentions(part, resource))
            }
            Node::Not(inner) => self.mentions(inner, resource),
            Node::Element(element) => element.path.values(resource).next().is_some(),
            Node::Constant(_) => true,
        }
    }

    fn passes(&self, Test { path, op, .. }: &Test, resource: &Map<String, Value>) -> bool {
        let (kind, exact) = (path.kind, path.case_exact);
        let key = |value: &Value| Key::of(value, kind, exact);
        let wildcards = self.has(Fault::TakesWildcards);
        path.values(resource).any(|value| match op {
            TestOp::Present => !value.is_null(),
            TestOp::Eq(operand) if self.has(Fault::HeedsCaseInFilters) => *value == operand.value,
            TestOp::Eq(operand) => key(value).as_ref() == Some(&operand.key),
            TestOp::Contains(operand) if wildcards && operand.key.as_str() == "%" => true,
            TestOp::Contains(operand) => {
                key(value).is_some_and(|key| key.as_str().contains(operand.key.as_str()))
            }
            TestOp::StartsWith(operand) => {
                key(value).is_some_and(|key| key.as_str().starts_with(operand.key.as_str()))
            }
            TestOp::EndsWith(operand) => {
                key(value).is_some_and(|key| key.as_str().ends_with(operand.key.as_str()))
            }
            TestOp::Gt(operand) => key(value).is_some_and(|key| key > operand.key),
            TestOp::Ge(operand) => key(value).is_some_and(|key| key >= operand.key),
            TestOp::Lt(operand) => key(value).is_some_and(|key| key < operand.key),
            TestOp::Le(operand) => key(value).is_some_and(|key| key <= operand.key),
            _ => false,
        })
    }

    /// Wrong orders; nobody asks for a page of them.
    async fn misplaced(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        let mut page = self.inner.query(cx, query).await?;
        let Some(sort) = &query.sort else { return Ok(page) };
        let key = |stored: &Stored| {
            let resource = complete(cx, stored);
            match self.fault {
                Some(Fault::SortsByFirstElement) => first_key(&sort.path, &resource),
                _ => sort.path.sort_key(&resource),
            }
        };
        page.resources.sort_by(|left, right| {
            let ids = left.id.cmp(&right.id);
            let (left, right) = (key(left), key(right));
            let (left, right) = match self.fault {
                Some(Fault::PutsMissingFirst) => ((true, left), (true, right)),
                _ => ((left.is_none(), left), (right.is_none(), right)),
            };
            let keys = left.cmp(&right);
            match (self.fault, sort.descending) {
                (Some(Fault::TiesDescend), true) => keys.then(ids).reverse(),
                (_, true) => keys.reverse().then(ids),
                (_, false) => keys.then(ids),
            }
        });
        Ok(page)
    }

    /// Wrong ways to go on from a position.
    async fn by_position(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        let Window::After { position: Some(position), count } = &query.window else {
            let mut page = self.inner.query(cx, query).await?;
            if self.has(Fault::PagesByOffset) {
                page.next = page.next.map(|_| offset(page.resources.len()));
            }
            return Ok(page);
        };
        let mut asked = query.clone();
        asked.window = Window::Index { start: 1, count: usize::MAX };
        let all = self.inner.query(cx, &asked).await?.resources;
        let from = match self.fault {
            Some(Fault::PagesByOffset) => position.id.parse().unwrap_or_default(),
            Some(Fault::RepeatsPosition) => {
                all.iter().position(|one| one.id == position.id).unwrap_or_default()
            }
            _ => all.iter().position(|one| one.id == position.id).map_or(all.len(), |at| at + 1),
        };
        let more = all.len() > from + count;
        let mut page = Page::default();
        page.resources = all.into_iter().skip(from).take(*count).collect();
        page.next = page.resources.last().filter(|_| more).map(|last| match self.fault {
            Some(Fault::PagesByOffset) => offset(from + count),
            _ => Position { key: None, id: last.id.clone() },
        });
        Ok(page)
    }
}

fn offset(rows: usize) -> Position {
    Position { key: None, id: rows.to_string() }
}

fn first_key(path: &ResolvedPath, resource: &Map<String, Value>) -> Option<Key> {
    Key::of(path.values(resource).next()?, path.kind, path.case_exact)
}

fn each(object: &mut Map<String, Value>, change: &impl Fn(&mut Value)) {
    for value in object.values_mut() {
        match value {
            Value::Object(object) => each(object, change),
            Value::Array(elements) => elements.iter_mut().for_each(|element| match element {
                Value::Object(object) => each(object, change),
                simple => change(simple),
            }),
            simple => change(simple),
        }
    }
}
