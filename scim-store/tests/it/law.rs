//! Law: the store answers as the store in memory does.
