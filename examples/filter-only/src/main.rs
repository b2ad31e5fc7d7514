//! A list of one's own, searched with SCIM filters.

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use scim_core::{AttrName, Attribute, Kind};
use scim_filter::{Checked, Filter, Options};
use serde::Serialize;

/// Nothing here knows of SCIM: names in a filter are those of the JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ship {
    name: &'static str,
    tonnage: u32,
    afloat: bool,
    crew: Vec<Sailor>,
}

#[derive(Serialize)]
struct Sailor {
    name: &'static str,
    rank: &'static str,
}

/// What can be searched: literals must fit these types, and other names are refused.
fn schema() -> Vec<Attribute> {
    let name = AttrName::from_static;
    let crew = ["name", "rank"].map(|part| Attribute::new(name(part), Kind::String));
    vec![
        Attribute::new(name("name"), Kind::String),
        Attribute::new(name("tonnage"), Kind::Integer),
        Attribute::new(name("afloat"), Kind::Boolean),
        Attribute::complex(name("crew"), crew).multi_valued(),
    ]
}

fn ships() -> Vec<Ship> {
    let crew = |name, rank| vec![Sailor { name, rank }, Sailor { name: "Jim", rank: "boy" }];
    vec![
        Ship { name: "Hispaniola", tonnage: 200, afloat: true, crew: crew("Smollett", "captain") },
        Ship { name: "Walrus", tonnage: 300, afloat: false, crew: crew("Flint", "captain") },
        Ship { name: "Nautilus", tonnage: 1500, afloat: true, crew: crew("Nemo", "captain") },
    ]
}

fn read(filter: &str) -> Result<Checked, Box<dyn Error>> {
    // `{:#}` points at the culprit.
    let filter: Filter = filter.parse().map_err(|error| format!("{error:#}"))?;
    Ok(filter.check(&schema(), &Options::STRICT)?)
}

fn main() -> ExitCode {
    let asked = std::env::args().nth(1);
    let filter = asked.unwrap_or_else(|| r#"crew[name sw "j" and rank eq "boy"]"#.to_owned());
    let shown = read(&filter).and_then(|filter| {
        let is_found = |ship: &Ship| serde_json::to_value(ship).is_ok_and(|it| filter.matches(&it));
        for ship in ships().iter().filter(|ship| is_found(ship)) {
            writeln!(io::stdout(), "{}", ship.name)?;
        }
        Ok(())
    });
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
