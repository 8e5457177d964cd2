//! The scanner of answers: shapes, limits, hostile bytes.
