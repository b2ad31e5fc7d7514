//! PATCH as a whole: the corpus, the laws, and what errors look like.

mod corpus;
mod schema;
