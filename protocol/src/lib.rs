//! Types that cross a boundary, and the error codes.
