//! Operation ids: method and path, so that they are unique and stay the same wherever the handler moves.

/// `GET /api/tickets/{id}/lock` is `get_tickets_id_lock`.
pub fn of(method: &str, path: &str) -> String {
    let mut name = method.to_owned();
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != "api");
    for part in parts {
        name.push('_');
        name.extend(part.chars().filter(|letter| !"{}".contains(*letter)).map(word));
    }
    name
}

fn word(letter: char) -> char {
    if letter.is_ascii_alphanumeric() { letter } else { '_' }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_name_is_the_method_and_the_path() {
        assert_eq!(of("get", "/api/tickets/{id}/lock"), "get_tickets_id_lock");
        assert_eq!(of("post", "/api/auth/change-password"), "post_auth_change_password");
        assert_eq!(of("get", "/api/docs/openapi.json"), "get_docs_openapi_json");
    }
}
