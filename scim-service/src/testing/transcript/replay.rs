//! Sending the steps of a transcript and judging the answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::Future,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response,
    header::{AUTHORIZATION, InvalidHeaderValue},
};
use serde_json::Value;

use super::{
    Exchange, Outcome, StepReport, Transcript, Verdict,
    answer::Answer,
    scope::{Missing, Scope},
    step::{Credentials, Expectation, RequestTemplate, Source, Step},
};

/// Extension whose URN no service knows, unless it is told with [`Replay::variable`].
const UNKNOWN_EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";

/// A request as the client sends it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Path and query, to be put on the wire without any change: what has to be encoded is, and
    /// what a client forgets to encode is not.
    pub target: String,
    /// Its headers, without `Host` and `Content-Length`.
    pub headers: HeaderMap,
    /// Its body, if it has one.
    pub body: Option<Bytes>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self { method, target: target.into(), headers: HeaderMap::new(), body: None }
    }
}

/// For a service in the same process. It fails for a target that is no URI, such as one with
/// unescaped quotes.
impl TryFrom<Request> for http::Request<Bytes> {
    type Error = http::Error;

    fn try_from(request: Request) -> Result<Self, http::Error> {
        let mut converted = http::Request::builder()
            .method(request.method)
            .uri(request.target)
            .body(request.body.unwrap_or_default())?;
        *converted.headers_mut() = request.headers;
        Ok(converted)
    }
}

/// The way to a service: over the network, or into a service of the same process.
pub trait Transport {
    /// Why there is no answer.
    type Error: fmt::Display;

    /// Sends a request and waits for the whole answer, free of content and transfer codings.
    ///
    /// # Errors
    /// The request cannot be sent this way, or was not answered. It fails the step.
    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send;
}

/// Replays transcripts against one service. Each run has random names of its own, so that it may
/// be repeated on the same data.
#[derive(Clone)]
pub struct Replay {
    base_url: String,
    token: Option<String>,
    variables: BTreeMap<String, String>,
    missing: BTreeSet<String>,
}

impl Replay {
    /// For the service with this base URL, such as `https://scim.example/v2`. Its path stands
    /// before the path of each request.
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into().trim_end_matches('/').to_owned(),
            token: None,
            variables: BTreeMap::from([("ext".to_owned(), UNKNOWN_EXTENSION.to_owned())]),
            missing: BTreeSet::new(),
        }
    }

    /// The bearer token the service takes (RFC 6750 §2.1). Without one, steps that try other
    /// credentials are skipped.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets a variable, such as `ext`.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Skips the steps that need a feature the service does not have, such as `groups`.
    #[must_use]
    pub fn without(mut self, feature: impl Into<String>) -> Self {
        self.missing.insert(feature.into());
        self
    }

    /// Sends every step and judges its answer. A step that fails does not end the run; those that
    /// need what it should have saved are skipped.
    pub async fn run<T: Transport>(&self, transcript: &Transcript, transport: &mut T) -> Outcome {
        let mut scope = Scope::default();
        scope.set("base", self.base_url.as_str());
        for (name, value) in &self.variables {
            scope.set(name, value.as_str());
        }
        let mut run = Run { replay: self, transport, scope };
        let mut steps = Vec::with_capacity(transcript.len());
        for step in &transcript.steps {
            steps.push(run.step(step).await);
        }
        Outcome { steps }
    }

    fn base_path(&self) -> &str {
        let after_scheme =
            self.base_url.split_once("://").map_or(self.base_url.as_str(), |(_, rest)| rest);
        after_scheme.find('/').map_or("", |slash| after_scheme.split_at(slash).1)
    }
}

/// One run of a replay.
struct Run<'r, T> {
    replay: &'r Replay,
    transport: &'r mut T,
    scope: Scope,
}

/// What was seen of a step so far.
#[derive(Default)]
struct Findings {
    problems: Vec<String>,
    warnings: Vec<String>,
    exchange: Option<Exchange>,
}

/// Why a request cannot be formed.
enum Unsendable {
    Missing(Missing),
    Header(InvalidHeaderValue),
}

impl From<Missing> for Unsendable {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

impl From<InvalidHeaderValue> for Unsendable {
    fn from(error: InvalidHeaderValue) -> Self {
        Self::Header(error)
    }
}

impl<T: Transport> Run<'_, T> {
    async fn step(&mut self, step: &Step) -> StepReport {
        let mut findings = Findings::default();
        let mut obstacle = self.obstacle(step);
        for index in 1..=step.repeat.get() {
            if obstacle.is_some() || !findings.problems.is_empty() {
                break;
            }
            self.scope.set("i", index);
            if let Err(Missing(name)) = self.attempt(step, &mut findings).await {
                obstacle = Some(format!("no variable `{name}`"));
            }
        }
        StepReport {
            title: step.title.clone(),
            level: step.level,
            verdict: match obstacle {
                _ if !findings.problems.is_empty() => Verdict::Failed(findings.problems),
                Some(reason) => Verdict::Skipped(reason),
                None => Verdict::Passed,
            },
            warnings: findings.warnings,
            exchange: findings.exchange,
            note: step.note.clone(),
        }
    }

    /// Why the step cannot be sent, if it cannot.
    fn obstacle(&self, step: &Step) -> Option<String> {
        let feature = step.needs.iter().find(|feature| self.replay.missing.contains(*feature));
        if let Some(feature) = feature {
            return Some(format!("needs `{feature}`"));
        }
        if let Some(name) = step.requires.iter().find(|name| !self.scope.holds(name)) {
            return Some(format!("no variable `{name}`"));
        }
        let foreign = !matches!(step.request.auth, Credentials::Default);
        (foreign && self.replay.token.is_none()).then(|| "no token to differ from".to_owned())
    }

    async fn attempt(&mut self, step: &Step, findings: &mut Findings) -> Result<(), Missing> {
        let request = match self.request(&step.request) {
            Ok(request) => request,
            Err(Unsendable::Missing(missing)) => return Err(missing),
            Err(Unsendable::Header(error)) => {
                findings.problems.push(format!("the request has a header it cannot have: {error}"));
                return Ok(());
            }
        };
        let mut exchange = Exchange {
            request: format!("{} {}", request.method, request.target),
            sent: String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned(),
            status: None,
            received: String::new(),
        };
        let answer = match self.transport.send(request).await {
            Ok(response) => Answer::new(response),
            Err(error) => {
                findings.problems.push(format!("no answer: {error}"));
                findings.exchange = Some(exchange);
                return Ok(());
            }
        };
        exchange.status = Some(answer.status);
        exchange.received.clone_from(&answer.text);
        findings.exchange = Some(exchange);
        self.judge(step, &answer, findings)
    }

    fn request(&mut self, template: &RequestTemplate) -> Result<Request, Unsendable> {
        let scope = &mut self.scope;
        let path = template.path.0.fill(scope)?;
        let target = format!("{}{path}", self.replay.base_path());
        let mut request = Request::new(template.method.clone(), target);
        if let (Credentials::Default, Some(token)) = (&template.auth, &self.replay.token) {
            let bearer = HeaderValue::try_from(format!("Bearer {token}"))?;
            request.headers.insert(AUTHORIZATION, bearer);
        }
        for (name, value) in &template.headers {
            request.headers.insert(name, value.fill(scope)?.try_into()?);
        }
        if let Credentials::Own(value) = &template.auth {
            request.headers.insert(AUTHORIZATION, value.fill(scope)?.try_into()?);
        }
        request.body = match (&template.raw_body, &template.body) {
            (Some(text), _) => Some(text.fill(scope)?.into()),
            (None, Some(tree)) => Some(tree.fill(scope)?.to_string().into()),
            (None, None) => None,
        };
        Ok(request)
    }

    fn judge(
        &mut self,
        step: &Step,
        answer: &Answer,
        findings: &mut Findings,
    ) -> Result<(), Missing> {
        for fault in answer.faults() {
            findings.warn(fault);
        }
        findings.problems.extend(answer.unreadable());
        let expected = step.expect.status.0.contains(&answer.status);
        if !expected {
            let wanted: Vec<_> = step.expect.status.0.iter().map(u16::to_string).collect();
            let wanted = wanted.join(" or ");
            findings.problems.push(format!("status {}, not {wanted}", answer.status));
        }
        self.judge_text(&step.expect, answer, findings)?;
        if expected || answer.status < 400 {
            self.judge_document(&step.expect, answer, findings)?;
        }
        if expected {
            self.save(step, answer, findings)?;
        }
        Ok(())
    }

    fn judge_text(
        &mut self,
        expect: &Expectation,
        answer: &Answer,
        findings: &mut Findings,
    ) -> Result<(), Missing> {
        for template in &expect.body_contains {
            let wanted = template.fill(&mut self.scope)?;
            if !answer.text.is_empty() && !answer.text.contains(&wanted) {
                findings.problems.push(format!("the body does not contain `{wanted}`"));
            }
        }
        for template in &expect.body_not_contains {
            let unwanted = template.fill(&mut self.scope)?;
            if answer.text.contains(&unwanted) {
                findings.problems.push(format!("the body contains `{unwanted}`"));
            }
        }
        for (name, pattern) in &expect.headers {
            let value = answer.header(name);
            if !pattern.search(value.unwrap_or_default(), &mut self.scope)? {
                let value = value.map_or("absent".to_owned(), |value| format!("`{value}`"));
                let pattern = pattern.shown();
                findings.problems.push(format!("header `{name}` is {value}, not /{pattern}/"));
            }
        }
        Ok(())
    }

    fn judge_document(
        &mut self,
        expect: &Expectation,
        answer: &Answer,
        findings: &mut Findings,
    ) -> Result<(), Missing> {
        let Some(document) = &answer.document else { return Ok(()) };
        for assertion in &expect.json {
            findings.problems.extend(assertion.check(document, &mut self.scope)?);
        }
        for assertion in &expect.should {
            if let Some(problem) = assertion.check(document, &mut self.scope)? {
                findings.warn(problem);
            }
        }
        Ok(())
    }

    fn save(
        &mut self,
        step: &Step,
        answer: &Answer,
        findings: &mut Findings,
    ) -> Result<(), Missing> {
        for (name, source) in &step.save {
            let name = name.fill(&mut self.scope)?;
            let value = match (source, &answer.document) {
                (Source::Header(header), _) => answer.header(header).map(Value::from),
                (Source::Body(_), None) => None,
                (Source::Body(path), Some(document)) => {
                    let found = path.find(document, &mut self.scope)?;
                    if found.is_empty() {
                        findings.problems.push(format!("nothing to save as `{name}`"));
                    }
                    found.first().copied().cloned()
                }
            };
            if let Some(value) = value {
                self.scope.set(name, value);
            }
        }
        Ok(())
    }
}

impl Findings {
    /// Notes a warning, once.
    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
