//! Headers that more than one operation reads, each described once.

use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Required, SchemaFormat, Type};

pub const SITE: &str = "X-Site-ID";
pub const VERSIONS: &str = "If-Match";
const KEY: &str = "Idempotency-Key";

/// Gives an operation the headers that follow from what it says of itself.
pub fn describe(operation: &mut Operation) {
    if concerns_a_site(operation) && !takes(operation, SITE) {
        operation.parameters.get_or_insert_default().push(site().into());
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        match name(parameter) {
            VERSIONS => *parameter = versions().into(),
            KEY => *parameter = key().into(),
            _ => {}
        }
    }
}

/// What a parameter is called; nothing of one that is described elsewhere.
pub fn name(parameter: &RefOr<Parameter>) -> &str {
    match parameter {
        RefOr::T(parameter) => &parameter.name,
        RefOr::Ref(_) => "",
    }
}

/// Whether an operation takes a parameter of this name.
pub fn takes(operation: &Operation, wanted: &str) -> bool {
    operation.parameters.iter().flatten().any(|one| name(one).eq_ignore_ascii_case(wanted))
}

fn concerns_a_site(operation: &Operation) -> bool {
    let said = operation.extensions.as_ref().and_then(|said| said.get("x-tenant-scope"));
    said.and_then(Value::as_str) == Some("site")
}

fn header(name: &str, why: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(why))
        .schema(Some(schema.schema_type(Type::String).build()))
        .build()
}

fn site() -> Parameter {
    let id = ObjectBuilder::new().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    header(SITE, "The site to act for: a super admin's choice; all others name their own or none.", id)
}

fn versions() -> Parameter {
    let tags = ObjectBuilder::new().max_length(Some(1000)).pattern(Some(r#"^("[0-9]{1,18}"|\*)$"#));
    header(VERSIONS, "The `ETag` that was seen; `*` or nothing changes whatever stands there.", tags)
}

fn key() -> Parameter {
    let text = ObjectBuilder::new().min_length(Some(1)).max_length(Some(200)).pattern(Some("^[!-~]+$"));
    header(KEY, "A request that comes again under the same key is answered as it was, and done once.", text)
}
