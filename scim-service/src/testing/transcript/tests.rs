use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;
use http::{Response, header::AUTHORIZATION};
use serde_json::{Value, json};

use super::{Level, Outcome, Replay, Request, Transcript, Transport, Verdict};

const BASE: &str = "https://scim.example/v2/";

/// Answers from a list, and keeps what it was asked.
#[derive(Default)]
struct Scripted {
    answers: VecDeque<Response<Bytes>>,
    requests: Vec<Request>,
}

impl Scripted {
    fn answering(answers: impl IntoIterator<Item = Response<Bytes>>) -> Self {
        Self { answers: answers.into_iter().collect(), requests: Vec::new() }
    }
}

impl Transport for Scripted {
    type Error = &'static str;

    async fn send(&mut self, request: Request) -> Result<Response<Bytes>, &'static str> {
        self.requests.push(request);
        self.answers.pop_front().ok_or("nobody is there")
    }
}

fn answer(status: u16, body: Value) -> Response<Bytes> {
    let builder =
        Response::builder().status(status).header("content-type", "application/scim+json");
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    builder.header("location", "/v2/x").header("www-authenticate", "Bearer").body(body).unwrap()
}

fn transcript(steps: &[Value]) -> Transcript {
    let lines: Vec<_> = steps.iter().map(Value::to_string).collect();
    Transcript::parse(&lines.join("\n")).unwrap()
}

fn get(title: &str, expect: Value) -> Value {
    json!({"step": title, "request": {"method": "GET", "path": "/x"}, "expect": expect})
}

fn with(mut step: Value, name: &str, value: Value) -> Value {
    step[name] = value;
    step
}

async fn run_with(replay: Replay, steps: &[Value], transport: &mut Scripted) -> Outcome {
    replay.run(&transcript(steps), transport).await
}

async fn run(steps: &[Value], answers: Vec<Response<Bytes>>) -> Outcome {
    run_with(Replay::new(BASE).token("T"), steps, &mut Scripted::answering(answers)).await
}

/// The requests that the steps lead to, each answered by an empty object.
async fn requests(replay: Replay, steps: &[Value]) -> Vec<Request> {
    let mut transport = Scripted::answering((0..99).map(|_| answer(200, json!({}))));
    run_with(replay, steps, &mut transport).await;
    transport.requests
}

fn problems(outcome: &Outcome) -> Vec<String> {
    match &outcome.steps[0].verdict {
        Verdict::Failed(problems) => problems.clone(),
        verdict => panic!("{verdict:?}"),
    }
}

fn bearer(request: &Request) -> Option<&str> {
    request.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_path_goes_out_verbatim_below_the_base_path() {
    let path = "/Users?filter=userName+eq+\"{{who|q}}\"&x[y]=%22&";
    let step = json!({"step": "s", "request": {"method": "GET", "path": path},
                      "expect": {"status": 200}});
    let sent = requests(Replay::new(BASE).variable("who", "a b"), &[step]).await;
    assert_eq!(sent[0].target, "/v2/Users?filter=userName+eq+\"a%20b\"&x[y]=%22&");
    assert_eq!(sent[0].method, "GET");
    assert_eq!(sent[0].body, None);
}

#[tokio::test]
async fn only_the_path_of_the_base_url_stands_before_the_target() {
    for (base, target) in [("http://127.0.0.1:80", "/x"), ("", "/x"), ("/v2/", "/v2/x")] {
        let step = get("s", json!({"status": 200}));
        let sent = requests(Replay::new(base), &[step]).await;
        assert_eq!(sent[0].target, target);
    }
}

#[tokio::test]
async fn headers_and_body_are_filled() {
    let step = json!({
        "step": "s",
        "request": {
            "method": "POST", "path": "/x", "headers": {"X-Run": "r-{{run}}", "Accept": "a/b"},
            "body": {"n": "{{run}}", "location": "{{base}}/x", "m": [{"$for": 2, "$each": "{{i}}"}]}
        },
        "expect": {"status": 200}
    });
    let sent = requests(Replay::new(BASE).variable("run", "7"), &[step]).await;
    assert_eq!(sent[0].headers["x-run"], "r-7");
    assert_eq!(sent[0].headers["accept"], "a/b");
    let body: Value = serde_json::from_slice(sent[0].body.as_ref().unwrap()).unwrap();
    assert_eq!(body, json!({"n": "7", "location": "https://scim.example/v2/x", "m": [1, 2]}));
}

#[tokio::test]
async fn a_raw_body_goes_out_as_it_is() {
    let step = json!({
        "step": "s",
        "request": {"method": "POST", "path": "/x", "raw_body": "{\"a\": {{i}}, \"a\": 2"},
        "expect": {"status": 200}
    });
    let sent = requests(Replay::new(BASE), &[step]).await;
    assert_eq!(sent[0].body.as_deref(), Some(&b"{\"a\": 1, \"a\": 2"[..]));
}

#[tokio::test]
async fn the_token_is_sent_unless_the_step_says_otherwise() {
    let step = |title: &str, auth: &str| {
        json!({"step": title, "expect": {"status": 200},
               "request": {"method": "GET", "path": "/x", "auth": auth}})
    };
    let own_header = json!({"step": "d", "expect": {"status": 200}, "request": {
        "method": "GET", "path": "/x", "headers": {"Authorization": "Basic x"}}});
    let steps = [step("a", "default"), step("b", "none"), step("c", "non-{{who}}"), own_header];
    let sent = requests(Replay::new(BASE).token("T").variable("who", "token"), &steps).await;
    let sent: Vec<_> = sent.iter().map(bearer).collect();
    assert_eq!(sent, [Some("Bearer T"), None, Some("non-token"), Some("Basic x")]);
}

#[tokio::test]
async fn without_a_token_steps_with_other_credentials_are_skipped() {
    let own = json!({"step": "own", "request": {"method": "GET", "path": "/x", "auth": "bad"},
                     "expect": {"status": 401}});
    let mut transport = Scripted::answering([answer(200, json!({}))]);
    let steps = [own, get("plain", json!({"status": 200}))];
    let outcome = run_with(Replay::new(BASE), &steps, &mut transport).await;
    assert_eq!(outcome.skipped().map(|step| step.title.as_str()).collect::<Vec<_>>(), ["own"]);
    assert_eq!(outcome.steps[1].verdict, Verdict::Passed);
    assert_eq!(bearer(&transport.requests[0]), None);
}

#[tokio::test]
async fn a_header_value_that_cannot_be_sent_fails_the_step() {
    let step = get("s", json!({"status": 200}));
    let replay = Replay::new(BASE).token("T\n");
    let outcome = run_with(replay, &[step], &mut Scripted::default()).await;
    assert!(problems(&outcome)[0].starts_with("the request has a header it cannot have"));
}

#[tokio::test]
async fn a_status_out_of_the_expected_fails() {
    let step = get("s", json!({"status": [200, 204]}));
    let outcome = run(std::slice::from_ref(&step), vec![answer(202, json!({}))]).await;
    assert_eq!(problems(&outcome), ["status 202, not 200 or 204"]);
    let outcome = run(&[step], vec![answer(204, Value::Null)]).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Passed);
}

#[tokio::test]
async fn assertions_fail_and_wishes_warn() {
    let expect = json!({"status": 200, "json": [["$.a", "eq", 1]], "should": [["$.b", "eq", 1]]});
    let step = get("s", expect);
    let outcome =
        run(std::slice::from_ref(&step), vec![answer(200, json!({"a": 2, "b": 1}))]).await;
    assert_eq!(problems(&outcome), ["$.a eq 1; found 2"]);
    let outcome = run(&[step], vec![answer(200, json!({"a": 1, "b": 2}))]).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Passed);
    assert_eq!(outcome.warned().next().unwrap().warnings, ["$.b eq 1; found 2"]);
}

#[tokio::test]
async fn an_answer_without_body_is_asked_for_no_json() {
    let step = get("s", json!({"status": 204, "json": [["$.a", "eq", 1]], "body_contains": ["a"]}));
    let outcome = run(&[step], vec![answer(204, Value::Null)]).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Passed);
}

#[tokio::test]
async fn an_unexpected_error_is_asked_for_no_json() {
    let step = get("s", json!({"status": 200, "json": [["$.a", "eq", 1]]}));
    let outcome = run(std::slice::from_ref(&step), vec![answer(500, json!({}))]).await;
    assert_eq!(problems(&outcome), ["status 500, not 200"]);
    let outcome = run(&[step], vec![answer(201, json!({}))]).await;
    assert_eq!(problems(&outcome), ["status 201, not 200", "$.a eq 1; found nothing"]);
}

#[tokio::test]
async fn texts_of_the_body_are_searched() {
    let step = get(
        "s",
        json!({"status": 200, "body_contains": ["{{who}}"], "body_not_contains": ["pH-", ":null"]}),
    );
    let body = json!({"x": "ann", "y": null, "z": "pH-1"});
    let replay = Replay::new(BASE).variable("who", "bob");
    let mut transport = Scripted::answering([answer(200, body)]);
    let outcome = run_with(replay, &[step], &mut transport).await;
    assert_eq!(
        problems(&outcome),
        ["the body does not contain `bob`", "the body contains `pH-`", "the body contains `:null`"]
    );
}

#[tokio::test]
async fn a_body_that_is_no_json_fails() {
    let mut plain = answer(200, Value::Null);
    *plain.body_mut() = Bytes::from("oops");
    let outcome = run(&[get("s", json!({"status": 200}))], vec![plain]).await;
    assert_eq!(problems(&outcome), ["the body is not JSON"]);
}

#[tokio::test]
async fn headers_are_matched_by_regular_expressions() {
    let wanting =
        |pattern: &str| get("s", json!({"status": 200, "headers": {"Content-Type": pattern}}));
    let json = || vec![answer(200, json!({}))];
    let outcome = run(&[wanting("^application/scim\\+json$")], json()).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Passed);
    let outcome = run(&[wanting("^text/")], json()).await;
    assert_eq!(
        problems(&outcome),
        ["header `content-type` is `application/scim+json`, not /^text//"]
    );
    let absent = get("s", json!({"status": 200, "headers": {"etag": "."}}));
    assert_eq!(problems(&run(&[absent], json()).await), ["header `etag` is absent, not /./"]);
}

#[tokio::test]
async fn what_is_saved_serves_later_steps() {
    let steps = [
        with(
            get("make", json!({"status": 200})),
            "save",
            json!({"a.id": "$.Resources[0].id", "where": "header:Location"}),
        ),
        json!({"step": "use", "request": {"method": "GET", "path": "/Users/{{a.id}}?at={{where}}"},
               "expect": {"status": 200, "json": [["$.id", "eq", "{{a.id}}"]]}}),
    ];
    let mut transport = Scripted::answering([
        answer(200, json!({"Resources": [{"id": 7}]})),
        answer(200, json!({"id": 7})),
    ]);
    let outcome = run_with(Replay::new(BASE), &steps, &mut transport).await;
    assert!(outcome.failures(Level::Lenient).next().is_none(), "{outcome}");
    assert_eq!(transport.requests[1].target, "/v2/Users/7?at=/v2/x");
}

#[tokio::test]
async fn nothing_to_save_fails_and_skips_what_needs_it() {
    let steps = [
        with(get("make", json!({"status": 200})), "save", json!({"a.id": "$.id"})),
        json!({"step": "use", "request": {"method": "GET", "path": "/{{a.id}}"},
               "expect": {"status": 200}}),
        get("go on", json!({"status": 200})),
    ];
    let outcome = run(&steps, vec![answer(200, json!({})), answer(200, json!({}))]).await;
    assert_eq!(problems(&outcome), ["nothing to save as `a.id`"]);
    assert_eq!(outcome.steps[1].verdict, Verdict::Skipped("no variable `a.id`".to_owned()));
    assert_eq!(outcome.steps[2].verdict, Verdict::Passed);
}

#[tokio::test]
async fn nothing_is_saved_from_an_answer_with_the_wrong_status() {
    let steps = [
        with(get("make", json!({"status": 201})), "save", json!({"a.id": "$.id"})),
        with(get("use", json!({"status": 200})), "requires", json!(["a.id"])),
    ];
    let outcome = run(&steps, vec![answer(200, json!({"id": "7"}))]).await;
    assert_eq!(outcome.steps[1].verdict, Verdict::Skipped("no variable `a.id`".to_owned()));
}

#[tokio::test]
async fn requires_skips_where_an_optional_value_was_not_saved() {
    let steps = [
        with(get("read", json!({"status": 200})), "save", json!({"v": "header:ETag"})),
        with(get("use", json!({"status": 200})), "requires", json!(["v"])),
    ];
    let outcome = run(&steps, vec![answer(200, json!({}))]).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Passed);
    assert_eq!(outcome.steps[1].verdict, Verdict::Skipped("no variable `v`".to_owned()));
}

#[tokio::test]
async fn a_variable_missing_in_the_expectations_hides_no_problem() {
    let expect = json!({"status": 200, "json": [["$.a", "eq", 1], ["$.b", "eq", "{{b.id}}"]]});
    let outcome = run(&[get("s", expect)], vec![answer(200, json!({"a": 2}))]).await;
    assert_eq!(problems(&outcome), ["$.a eq 1; found 2"]);
}

#[tokio::test]
async fn repeat_counts_and_saves_under_names_of_its_own() {
    let crowd = json!({
        "step": "crowd", "repeat": 3, "expect": {"status": 200}, "save": {"p{{i}}": "$.id"},
        "request": {"method": "POST", "path": "/Users", "body": {"userName": "u{{i}}"}}
    });
    let after = json!({"step": "after", "request": {"method": "GET", "path": "/{{p1}}/{{p3}}"},
                       "expect": {"status": 200}});
    let mut transport =
        Scripted::answering(["a", "b", "c", "d"].map(|id| answer(200, json!({"id": id}))));
    let outcome = run_with(Replay::new(BASE), &[crowd, after], &mut transport).await;
    assert!(outcome.failures(Level::Lenient).next().is_none(), "{outcome}");
    assert_eq!(transport.requests[2].body.as_deref(), Some(&br#"{"userName":"u3"}"#[..]));
    assert_eq!(transport.requests[3].target, "/v2/a/c");
}

#[tokio::test]
async fn repeat_ends_at_the_first_problem_and_warns_once() {
    let step = get("s", json!({"status": 200, "should": [["$.a", "exists"]]}));
    let step = with(step, "repeat", json!(5));
    let answers = [200, 200, 500].map(|status| answer(status, json!({})));
    let mut transport = Scripted::answering(answers);
    let outcome = run_with(Replay::new(BASE), &[step], &mut transport).await;
    assert_eq!(transport.requests.len(), 3);
    assert_eq!(problems(&outcome), ["status 500, not 200"]);
    let wish = "$.a exists; found nothing";
    assert_eq!(outcome.steps[0].warnings.iter().filter(|warning| *warning == wish).count(), 1);
}

#[tokio::test]
async fn a_level_weighs_a_failure() {
    let failing =
        |title: &str, level: &str| with(get(title, json!({"status": 404})), "level", json!(level));
    let steps = [
        failing("l", "lenient"),
        failing("s", "should"),
        failing("m", "must"),
        get("default", json!({"status": 404})),
        get("fine", json!({"status": 200})),
    ];
    let outcome = run(&steps, (0..5).map(|_| answer(200, json!({}))).collect()).await;
    let failed = |level| outcome.failures(level).map(|s| s.title.as_str()).collect::<Vec<_>>();
    assert_eq!(failed(Level::Must), ["m", "default"]);
    assert_eq!(failed(Level::Should), ["s", "m", "default"]);
    assert_eq!(failed(Level::Lenient), ["l", "s", "m", "default"]);
}

#[tokio::test]
async fn a_missing_feature_skips_the_steps_that_need_it() {
    let steps = [
        with(get("a", json!({"status": 200})), "needs", json!(["groups"])),
        with(get("b", json!({"status": 200})), "needs", json!(["bulk"])),
    ];
    let mut service = Scripted::answering([answer(200, json!({}))]);
    let outcome = run_with(Replay::new(BASE).without("groups"), &steps, &mut service).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Skipped("needs `groups`".to_owned()));
    assert_eq!(outcome.steps[1].verdict, Verdict::Passed);
}

#[tokio::test]
async fn rules_for_all_answers_warn() {
    let step = get("s", json!({"status": 404}));
    let outcome = run(&[step], vec![answer(404, json!({}))]).await;
    assert_eq!(outcome.steps[0].verdict, Verdict::Passed);
    assert_eq!(outcome.steps[0].warnings.len(), 2, "{outcome}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_fails_each_step() {
    let steps = [get("a", json!({"status": 200})), get("b", json!({"status": 200}))];
    let outcome = run(&steps, vec![]).await;
    assert_eq!(problems(&outcome), ["no answer: nobody is there"]);
    assert_eq!(outcome.failures(Level::Must).count(), 2);
}

#[tokio::test]
async fn runs_differ_in_their_random_names() {
    let step = json!({"step": "s", "request": {"method": "GET", "path": "/{{run}}/{{guid.a}}"},
                      "expect": {"status": 200}});
    let replay = Replay::new(BASE);
    let first = requests(replay.clone(), std::slice::from_ref(&step)).await;
    let second = requests(replay, &[step]).await;
    assert_ne!(first[0].target, second[0].target);
}

#[tokio::test]
async fn a_report_shows_what_is_remarkable() {
    let failing = json!({
        "step": "failing", "note": "clients stop here", "expect": {"status": 200},
        "request": {"method": "PUT", "path": "/x", "body": {"a": 1}}
    });
    let steps = [
        get("fine", json!({"status": 200})),
        failing,
        with(get("left out", json!({"status": 200})), "requires", json!(["none"])),
        get("warned", json!({"status": 200, "should": [["$.a", "exists"]]})),
    ];
    let answers = vec![
        answer(200, json!({})),
        answer(
            409,
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409"}),
        ),
        answer(200, json!({})),
    ];
    let outcome = run(&steps, answers).await;
    let expected = r#"   2  FAIL  failing
        - status 409, not 200
        note: clients stop here
        > PUT /v2/x
        > {"a":1}
        < 409 {"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409"}
   3  skip  left out (no variable `none`)
   4  pass  warned
        ~ $.a exists; found nothing
2 passed; failed: 1 must, 0 should, 0 lenient; 1 skipped, 1 with warnings"#;
    assert_eq!(outcome.to_string(), expected);
    assert_eq!(format!("{outcome:#}"), format!("   1  pass  fine\n{expected}"));
}

#[test]
fn blank_lines_and_comments_are_no_steps() {
    let step = get("s", json!({"status": 200}));
    let parsed = Transcript::parse(&format!("// what this is\n\n  {step}  \n")).unwrap();
    assert_eq!(parsed.len(), 1);
    assert!(Transcript::parse("// nothing\n").unwrap().is_empty());
}

#[test]
fn a_line_that_is_no_step_is_refused_by_number() {
    let fine = get("fine", json!({"status": 200}));
    let request = |request: Value| with(fine.clone(), "request", request);
    let bad = [
        json!({}),
        with(fine.clone(), "steps", json!(1)),
        with(fine.clone(), "level", json!("maybe")),
        with(fine.clone(), "repeat", json!(0)),
        with(fine.clone(), "step", json!("first")),
        with(fine.clone(), "save", json!({"x": "id"})),
        with(fine.clone(), "save", json!({"x": "header:a b"})),
        with(fine.clone(), "save", json!({"x{{y|z}}": "$.id"})),
        with(fine.clone(), "expect", json!({})),
        with(fine.clone(), "expect", json!({"status": []})),
        with(fine.clone(), "expect", json!({"status": "200"})),
        with(fine.clone(), "expect", json!({"status": 200, "json": [["$.a", "gt", 1]]})),
        with(fine.clone(), "expect", json!({"status": 200, "headers": {"etag": "("}})),
        with(fine.clone(), "expect", json!({"status": 200, "headers": {"a b": "."}})),
        request(json!({"method": "G T", "path": "/x"})),
        request(json!({"method": "GET", "path": "x"})),
        request(json!({"method": "GET", "path": "/x y"})),
        request(json!({"method": "GET", "path": "/{{x|y}}"})),
        request(json!({"method": "GET", "path": "/x", "body": {"a": "{{x|y}}"}})),
    ];
    let first = get("first", json!({"status": 200}));
    for step in bad {
        let error = Transcript::parse(&format!("{first}\n{step}")).unwrap_err();
        assert_eq!(error.line, 2, "{step}");
        assert_eq!(error.to_string(), "line 2 is not a step of a transcript");
    }
    assert!(Transcript::parse(&format!("{first}\n{fine}")).is_ok());
}

#[test]
fn a_request_converts_for_a_service_in_the_same_process() {
    let mut request = Request::new(http::Method::POST, "/v2/Users?a=b");
    request.headers.insert("x", "y".parse().unwrap());
    request.body = Some(Bytes::from("{}"));
    let converted = http::Request::try_from(request).unwrap();
    assert_eq!(converted.uri(), "/v2/Users?a=b");
    assert_eq!(converted.method(), "POST");
    assert_eq!(converted.headers()["x"], "y");
    assert_eq!(converted.body(), "{}");
    assert!(http::Request::try_from(Request::new(http::Method::GET, "/a?b=\"c\"")).is_err());
}

#[test]
fn the_built_in_transcripts_parse() {
    assert_eq!(Transcript::okta().len(), 92);
    assert_eq!(Transcript::entra().len(), 135);
}

/// A name that nothing saves would make its step skipped in silence.
#[test]
fn the_built_in_transcripts_read_only_variables_that_exist() {
    for text in [include_str!("okta.jsonl"), include_str!("entra.jsonl")] {
        let mut known: BTreeSet<_> = ["run", "base", "ext", "i"].map(str::to_owned).into();
        for line in text.lines() {
            for name in line.split("{{").skip(1).filter_map(|rest| rest.split(['|', '}']).next()) {
                let random = name.starts_with("guid.") || name.starts_with("hex.");
                assert!(random || known.contains(name), "{name} in {line}");
            }
            let step: Value = serde_json::from_str(line).unwrap();
            for name in step["save"].as_object().into_iter().flatten().map(|(name, _)| name) {
                for i in 1..=step["repeat"].as_u64().unwrap_or(1) {
                    known.insert(name.replace("{{i}}", &i.to_string()));
                }
            }
        }
    }
}
