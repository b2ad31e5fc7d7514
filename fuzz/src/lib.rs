//! What the fuzz targets share: schemas, resources, a service in process, and patches made of
//! bytes.

pub mod exchange;
pub mod law;
pub mod made;
pub mod sample;
