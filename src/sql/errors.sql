-- The extension's own errors. Their codes, messages and hints are written once, in src/core/base/errors.def.
create function calcom_internal.raise_error(name text, detail text default null, hint text default null) returns void
language c as 'MODULE_PATHNAME', 'calcom_raise_error';
comment on function calcom_internal.raise_error(text, text, text) is
  'Internal: raises the error with this name of src/core/base/errors.def. hint replaces the listed hint.';
