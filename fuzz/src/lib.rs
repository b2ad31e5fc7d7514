//! What the fuzz targets share: schemas, resources, a service in process, patches made of bytes,
//! and SQLite.

pub mod exchange;
pub mod law;
pub mod made;
pub mod sample;
pub mod sql;
