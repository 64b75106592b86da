//! Notes and mails by profiles like those that people use.
