//! The bodies of the fuzz targets, one function per decoder.
