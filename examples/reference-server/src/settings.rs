//! Settings from a TOML file: they are the defaults of the command line's options, so that the
//! command line and the environment go before them.

use std::{collections::BTreeSet, fs, path::Path};

use clap::{Arg, Command, CommandFactory, FromArgMatches};
use toml::{Table, Value};

use crate::{Failure, cli::Cli};

/// Reads the command line, and the file that it names.
pub(crate) fn parse() -> Result<Cli, Failure> {
    let plain = read(Cli::command());
    let Some(file) = &plain.place().config else { return Ok(plain) };
    let settings = load(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(read(with_defaults(Cli::command(), &settings)))
}

/// Ends the program with a message if the command line is wrong, or asks for help.
fn read(command: Command) -> Cli {
    Cli::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
}

fn load(file: &Path) -> Result<Table, Failure> {
    let settings: Table = fs::read_to_string(file)?.parse()?;
    let mut known = BTreeSet::new();
    collect_names(&Cli::command(), &mut known);
    known.remove("config");
    match settings.keys().find(|name| !known.contains(*name)) {
        Some(unknown) => Err(format!("`{unknown}` is no setting").into()),
        None => check(settings),
    }
}

fn check(settings: Table) -> Result<Table, Failure> {
    let plain = |value: &Value| !matches!(value, Value::Table(_) | Value::Datetime(_));
    for (name, value) in &settings {
        let fine = match value {
            Value::Array(values) => values.iter().all(|value| plain(value) && !value.is_array()),
            value => plain(value),
        };
        if !fine {
            return Err(format!("`{name}` must be a text, a number or a list of them").into());
        }
    }
    Ok(settings)
}

fn collect_names(command: &Command, names: &mut BTreeSet<String>) {
    names.extend(command.get_arguments().filter_map(Arg::get_long).map(str::to_owned));
    command.get_subcommands().for_each(|one| collect_names(one, names));
}

fn with_defaults(command: Command, settings: &Table) -> Command {
    let inner: Vec<String> =
        command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let command =
        command.mut_args(|arg| match arg.get_long().and_then(|name| settings.get(name)) {
            Some(value) => arg.default_values(texts(value)),
            None => arg,
        });
    inner.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |one| with_defaults(one, settings))
    })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}
