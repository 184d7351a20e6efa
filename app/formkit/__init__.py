"""Forms: form-js JSON in, WTForms objects and JSON values out. The only package that knows WTForms."""
