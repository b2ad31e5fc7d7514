//! What is given is given back: letters, numbers, ids, and much of everything.

use serde_json::{Map, Value, json};

use super::{
    bench::{Bench, FIRST, Miss, Outcome, Type, ensure, id},
    check::checks,
    edit::Edit,
    settings::EXTENSION,
};
use crate::Guard;

checks! { "text":
    the_whole_sample_is_given_back,
    letters_are_given_back_as_they_were,
    control_characters_are_given_back,
    numbers_are_given_back_exactly,
    dates_are_given_back_as_they_were_written,
    lists_keep_their_order,
    nothing_is_added,
    a_large_text_is_given_back,
    a_large_resource_is_given_back,
    a_resource_grows_and_shrinks,
    odd_ids_are_ids,
    ids_are_told_apart_by_case,
    odd_ids_are_members,
    what_looks_like_a_statement_does_nothing,
}

/// Creates the user and looks whether it is given back, also after a change of it.
async fn round(bench: &Bench, number: u64, body: Value) -> Outcome {
    let cx = bench.users();
    let expected = Bench::valid(&cx, body.clone())?.into_attributes();
    bench.make(&cx, &id(number), body).await?;
    given_back(bench, number, &expected).await?;
    let edit = Edit::one(bench.users(), "replace", "externalId", json!("changed"))?;
    bench.done(&id(number), edit).await?;
    let mut expected = expected;
    expected.insert("externalId".to_owned(), json!("changed"));
    given_back(bench, number, &expected).await
}

async fn given_back(bench: &Bench, number: u64, expected: &Map<String, Value>) -> Outcome {
    let cx = bench.users();
    let kept = bench.seen(&cx, &id(number)).await?;
    let differs: Vec<&String> = expected
        .keys()
        .filter(|name| {
            let one = |map: &Map<String, Value>| -> Map<String, Value> {
                map.get(*name).map(|value| ((*name).clone(), value.clone())).into_iter().collect()
            };
            !cx.schema().same(&one(expected), &one(&kept.attributes))
        })
        .collect();
    ensure!(differs.is_empty(), "{differs:?} are not given back as they were");
    let added: Vec<&String> =
        kept.attributes.keys().filter(|name| !expected.contains_key(*name)).collect();
    ensure!(added.is_empty(), "{added:?} are given back, and were never given");
    Ok(())
}

async fn the_whole_sample_is_given_back(bench: Bench) -> Outcome {
    for (number, body) in (0..).zip(super::sample::users()) {
        round(&bench, number, body).await?;
    }
    Ok(())
}

async fn letters_are_given_back_as_they_were(bench: Bench) -> Outcome {
    let texts = [
        "Stra\u{df}e",
        "\u{130}\u{131}iI",
        "e\u{301} \u{e9}",
        "\u{ff21}\u{ff42}",
        "\u{fb03}",
        "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "\u{5d0}\u{5d1} \u{202e}abc\u{202c}",
        "\u{10ffff}",
        "\u{feff}bom",
        "\u{fffd}",
        "  blanks  ",
        "tab\tand\nline\r\n",
        r#"\ " ' ` % _ $ {} [] ;"#,
        "null",
        "true",
        "1",
        "1e3",
        "2011-05-13T04:42:34Z",
        "{\"a\": [1]}",
    ];
    for (number, text) in (0..).zip(texts) {
        let body = json!({"userName": format!("u{number}"), "displayName": text, "nickName": text});
        round(&bench, number, body).await?;
    }
    Ok(())
}

/// All but U+0000, which no resource may hold.
async fn control_characters_are_given_back(bench: Bench) -> Outcome {
    let text: String =
        ('\u{1}'..='\u{1f}').chain(['\u{7f}', '\u{85}', '\u{2028}', '\u{ffff}']).collect();
    round(&bench, 1, json!({"userName": "control", "displayName": text})).await
}

async fn numbers_are_given_back_exactly(bench: Bench) -> Outcome {
    bench.needs(&["creditLimit", "rank"])?;
    let decimals = [
        json!(0.1),
        json!(-0.5),
        json!(100.5),
        json!(1e-7),
        json!(123_456_789_012_345_i64),
        json!(1.5e300),
        json!(0),
    ];
    let integers =
        [json!(9_007_199_254_740_993_i64), json!(i64::MIN), json!(i64::MAX), json!(-1), json!(0)];
    for (number, decimal) in (0..).zip(decimals) {
        let body =
            json!({"userName": format!("d{number}"), EXTENSION.as_str(): {"creditLimit": decimal}});
        round(&bench, number, body).await?;
    }
    for (number, integer) in (100..).zip(integers) {
        let body = json!({"userName": format!("i{number}"), EXTENSION.as_str(): {"rank": integer}});
        round(&bench, number, body).await?;
    }
    Ok(())
}

async fn dates_are_given_back_as_they_were_written(bench: Bench) -> Outcome {
    bench.needs(&["since"])?;
    for (number, date) in (0..).zip([
        "2011-05-13T06:42:34+02:00",
        "2011-05-13T04:42:34.50Z",
        "2011-05-13T04:42:34",
        "0001-01-01T00:00:00Z",
    ]) {
        let body = json!({"userName": format!("u{number}"), EXTENSION.as_str(): {"since": date}});
        round(&bench, number, body).await?;
        let kept = Value::Object(bench.seen(&bench.users(), &id(number)).await?.attributes);
        let found = kept.get(EXTENSION.as_str()).and_then(|extension| extension.get("since"));
        ensure!(found == Some(&json!(date)), "a date is given back in another notation");
    }
    Ok(())
}

async fn lists_keep_their_order(bench: Bench) -> Outcome {
    let email = |value: &str, kind: &str| json!({"value": value, "type": kind});
    let body = json!({"userName": "u", "emails": [
        email("z@example.com", "work"), email("a@example.com", "home"), email("m@example.com", "other"), email("a@example.com", "work"),
    ]});
    round(&bench, 1, body).await
}

/// No nulls, no empty lists, nothing that was not there.
async fn nothing_is_added(bench: Bench) -> Outcome {
    round(&bench, 1, json!({"userName": "bare", "active": null})).await?;
    round(&bench, 2, json!({"userName": "name", "name": {"givenName": "A"}, "emails": []})).await
}

async fn a_large_text_is_given_back(bench: Bench) -> Outcome {
    let text = "Lorem \u{ef}psum \u{1f600} ".repeat(5_000);
    round(&bench, 1, json!({"userName": "large", "displayName": text, "title": text})).await?;
    let long = "n".repeat(1_000);
    round(&bench, 2, json!({"userName": long})).await
}

async fn a_large_resource_is_given_back(bench: Bench) -> Outcome {
    let emails: Vec<Value> =
        (0..500).map(|n| json!({"value": format!("a{n}@example.com"), "type": "work"})).collect();
    let tags: Vec<String> = (0..500).map(|n| format!("tag {n}")).collect();
    round(
        &bench,
        1,
        json!({"userName": "large", "emails": emails, EXTENSION.as_str(): {"tags": tags}}),
    )
    .await
}

async fn a_resource_grows_and_shrinks(bench: Bench) -> Outcome {
    bench.user(1, json!({"userName": "u"})).await?;
    for length in [10, 100_000, 1, 50_000, 0] {
        let mut body = json!({"userName": "u", "displayName": "x".repeat(length)});
        if let Some(body) = body.as_object_mut().filter(|_| length == 0) {
            body.remove("displayName");
        }
        let cx = bench.users();
        let expected = Bench::valid(&cx, body.clone())?.into_attributes();
        bench.done(&id(1), Edit::put(cx, body)).await?;
        given_back(&bench, 1, &expected).await?;
    }
    Ok(())
}

const ODD: [&str; 16] = [
    "a",
    "A",
    "a/b",
    "a b",
    "a%b",
    "a_b",
    "a\\b",
    "a'b",
    "a\"b",
    "a;--",
    "\u{fc}",
    "u\u{308}",
    "\u{1f600}",
    "0",
    "00",
    "null",
];

fn any(bench: &Bench) -> Outcome {
    match bench.settings().any_id {
        true => Ok(()),
        false => Err(Miss::Skipped("ids are always UUIDs".to_owned())),
    }
}

async fn odd_ids_are_ids(bench: Bench) -> Outcome {
    any(&bench)?;
    for (number, odd) in ODD.iter().enumerate() {
        bench.make(&bench.users(), odd, json!({"userName": format!("u{number}")})).await?;
    }
    for (number, odd) in ODD.iter().enumerate() {
        let kept = bench.seen(&bench.users(), odd).await?;
        let name = format!("u{number}");
        ensure!(
            kept.id == *odd && kept.text("userName") == Some(name.as_str()),
            "by an odd id another resource is found"
        );
    }
    let mut expected: Vec<String> = ODD.iter().map(ToString::to_string).collect();
    expected.sort();
    let listed = bench.list(&bench.users()).await?;
    ensure!(listed.ids() == expected, "odd ids are not listed in the order of their characters");
    for odd in ODD {
        bench.drop(&bench.users(), odd).await?;
    }
    Ok(())
}

/// `id` is exact (RFC 7643 §3.1).
async fn ids_are_told_apart_by_case(bench: Bench) -> Outcome {
    bench.user(0xabc, json!({"userName": "u"})).await?;
    let other = id(0xabc).to_uppercase();
    let cx = bench.users();
    ensure!(bench.find(&cx, &other).await?.is_none(), "an id in another case is the same");
    ensure!(
        !bench.delete(&cx, &other, &Guard::default()).await?,
        "an id in another case is deleted"
    );
    Ok(())
}

async fn odd_ids_are_members(bench: Bench) -> Outcome {
    any(&bench)?;
    let cx = bench.of(Type::Group, FIRST)?;
    for (number, odd) in ODD.iter().enumerate() {
        bench.make(&bench.users(), odd, json!({"userName": format!("u{number}")})).await?;
    }
    let members: Vec<Value> = ODD.iter().map(|odd| json!({"value": odd})).collect();
    bench.make(&cx, "group", json!({"displayName": "Odd", "members": members})).await?;
    let kept = bench.seen(&cx, "group").await?;
    ensure!(kept.values("members").len() == ODD.len(), "members with odd ids are lost");
    let edit = Edit::one(bench.groups()?, "remove", r#"members[value eq "a"]"#, Value::Null)?;
    bench.done("group", edit).await?;
    let kept = bench.seen(&cx, "group").await?.values("members");
    ensure!(
        kept.len() == ODD.len() - 1 && !kept.contains("a"),
        "with a member others are removed, or it stays"
    );
    Ok(())
}

async fn what_looks_like_a_statement_does_nothing(bench: Bench) -> Outcome {
    let text = "'); DROP TABLE resource; DELETE FROM users WHERE ('1'='1";
    bench.user(1, json!({"userName": "witness"})).await?;
    round(&bench, 2, json!({"userName": text, "displayName": text})).await?;
    let cx = bench.users();
    ensure!(bench.find(&cx, text).await?.is_none(), "a statement as an id finds something");
    ensure!(
        !bench.delete(&cx, text, &Guard::default()).await?,
        "a statement as an id deletes something"
    );
    ensure!(
        bench.list(&cx).await?.ids() == [id(1), id(2)],
        "a statement in a text has been obeyed"
    );
    Ok(())
}
