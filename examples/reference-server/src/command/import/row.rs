//! The rows of a file that is imported.

use std::{
    fs::File,
    io::{BufRead, BufReader, Lines},
    path::Path,
};

use csv::StringRecordsIntoIter;
use scim_service::schema::ResourceSchema;
use serde_json::{Map, Value};

use super::Format;
use crate::{
    Failure,
    table::{self, Column},
};

/// A row, and the resource that it is, or why it is none.
pub(super) struct Row {
    /// The line on which it begins, from 1.
    pub(super) number: u64,
    /// The bytes of the file up to here.
    pub(super) end: u64,
    pub(super) resource: Result<Value, String>,
}

/// The rows of a file.
pub(super) enum Rows {
    Csv { records: StringRecordsIntoIter<File>, columns: Vec<Column> },
    JsonLines { lines: Lines<BufReader<File>>, number: u64, end: u64 },
}

impl Rows {
    pub(super) fn open(
        file: &Path,
        format: Format,
        schema: &ResourceSchema,
    ) -> Result<Self, Failure> {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let opened = File::open(file).map_err(|error| named(&error))?;
        match format {
            Format::Csv => {
                let mut reader = csv::Reader::from_reader(opened);
                let header = reader.headers().map_err(|error| named(&error))?.clone();
                let columns = matched(&header, schema)?;
                Ok(Self::Csv { records: reader.into_records(), columns })
            }
            Format::Jsonl => {
                let lines = BufReader::new(opened).lines();
                Ok(Self::JsonLines { lines, number: 0, end: 0 })
            }
        }
    }
}

/// The columns that a header names.
fn matched(header: &csv::StringRecord, schema: &ResourceSchema) -> Result<Vec<Column>, Failure> {
    let known = table::columns(schema);
    let find = |name: &str| {
        let name = name.trim().trim_start_matches('\u{feff}');
        let column = known.iter().find(|column| column.name.eq_ignore_ascii_case(name));
        column.cloned().ok_or_else(|| format!("`{name}` is no attribute of a user").into())
    };
    header.iter().map(find).collect()
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        match self {
            Self::Csv { records, columns } => {
                let before = records.reader().position().line();
                let record = records.next()?;
                let end = records.reader().position().byte();
                let number = match &record {
                    Ok(record) => record.position().map_or(before, csv::Position::line),
                    Err(_) => before,
                };
                let resource = match record {
                    Ok(record) => Ok(filled(columns, &record)),
                    Err(error) => Err(unreadable(&error)),
                };
                Some(Row { number, end, resource })
            }
            Self::JsonLines { lines, number, end } => loop {
                let line = lines.next()?;
                *number += 1;
                let resource = match line {
                    Ok(line) if line.trim().is_empty() => {
                        *end += 1;
                        continue;
                    }
                    Ok(line) => {
                        *end += u64::try_from(line.len()).unwrap_or_default() + 1;
                        serde_json::from_str(&line).map_err(|_| "the line is no JSON".to_owned())
                    }
                    Err(_) => Err("the line is no UTF-8".to_owned()),
                };
                return Some(Row { number: *number, end: *end, resource });
            },
        }
    }
}

fn filled(columns: &[Column], record: &csv::StringRecord) -> Value {
    let mut resource = Map::new();
    for (column, cell) in columns.iter().zip(record) {
        if column.writable {
            column.fill(&mut resource, cell.trim());
        }
    }
    Value::Object(resource)
}

/// What is wrong with a record, without its values.
fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "the row is no UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} cells, the header has {expected_len}")
        }
        _ => "the row cannot be read".to_owned(),
    }
}
