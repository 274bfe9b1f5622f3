//! Discord's official operations, and which of them are served. `OPERATIONS.md` is the table.

use std::sync::LazyLock;

/// The only list of operations.
const TABLE: &str = include_str!("../../OPERATIONS.md");

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| TABLE.lines().filter_map(row).collect());

/// What the sandbox does with an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// It does what Discord does.
    Served,
    /// It concerns something that the sandbox has, but is not implemented: 501.
    Refused,
    /// It concerns something that the sandbox does not have: 501.
    OutOfScope,
}

/// One operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The document's `operationId`.
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    /// The path with its parameters in braces.
    pub(crate) template: &'static str,
    pub(crate) coverage: Coverage,
}

/// An operation of Discord's API that a request was matched to, and the value of each parameter in
/// the request's path, by the parameter's name.
#[derive(Clone, Debug)]
pub(crate) struct OperationRequest {
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: Vec<(&'static str, String)>,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    Operation(OperationRequest),
    /// The path exists, but not with this method: 405.
    OtherMethod,
    /// No such path exists: 404.
    Nothing,
}

/// Returns every operation of the document.
pub(crate) fn all() -> &'static [Operation] {
    &OPERATIONS
}

/// Finds the operation of a request. `path` is what comes after `/api` or `/api/v10`.
pub(crate) fn find(method: &str, path: &str) -> Lookup {
    // discord.js escapes `@original`.
    let path = path.replace("%40", "@");
    let mut fitting: Vec<(usize, OperationRequest)> = Vec::new();
    for operation in all() {
        if let Some(parameters) = operation.parameters(&path) {
            let named = parameters.len();
            fitting.push((
                named,
                OperationRequest {
                    operation,
                    parameters,
                },
            ));
        }
    }
    // `/messages/pins` before `/messages/{message_id}`.
    let Some(fewest) = fitting.iter().map(|(named, _)| *named).min() else {
        return Lookup::Nothing;
    };
    let best = fitting
        .into_iter()
        .find(|(named, asked)| *named == fewest && asked.operation.method == method);
    best.map_or(Lookup::OtherMethod, |(_, asked)| Lookup::Operation(asked))
}

impl Operation {
    /// Returns the parameters of a path that matches the template.
    fn parameters(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        let mut found = Vec::new();
        let mut given = path.split('/');
        for part in self.template.split('/') {
            let given = given.next()?;
            match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) if !given.is_empty() => found.push((name, given.to_owned())),
                None if part == given => {}
                Some(_) | None => return None,
            }
        }
        given.next().is_none().then_some(found)
    }
}

/// Parses a row of three cells: its coverage, its name, and its method and path between backticks.
fn row(line: &'static str) -> Option<Operation> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let coverage = match cells.next()? {
        "served" => Coverage::Served,
        "refused" => Coverage::Refused,
        "out of scope" => Coverage::OutOfScope,
        _ => return None,
    };
    let id = cells.next()?;
    let (method, template) = cells.next()?.trim_matches(['`', ' ', '|']).split_once(' ')?;
    Some(Operation {
        id,
        method,
        template,
        coverage,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Option<&'static str> {
        match find(method, path) {
            Lookup::Operation(asked) => Some(asked.operation.id),
            Lookup::OtherMethod | Lookup::Nothing => None,
        }
    }

    #[test]
    fn what_is_written_out_goes_before_a_parameter() {
        assert_eq!(found("GET", "/channels/1/messages/pins"), Some("list_pins"));
        assert_eq!(found("GET", "/channels/1/messages/2"), Some("get_message"));
        for original in ["@original", "%40original"] {
            let path = format!("/webhooks/1/token/messages/{original}");
            assert_eq!(found("PATCH", &path), Some("update_original_webhook_message"));
        }
        assert_eq!(
            found("PUT", "/channels/1/thread-members/@me"),
            Some("join_thread")
        );
        assert_eq!(
            found("PUT", "/channels/1/thread-members/2"),
            Some("add_thread_member")
        );
    }

    #[test]
    fn another_method_and_another_path_are_told_apart() {
        assert!(matches!(find("PUT", "/channels/1/messages"), Lookup::OtherMethod));
        assert!(matches!(find("GET", "/channels/1/nonsense"), Lookup::Nothing));
        assert!(matches!(find("GET", "/channels//messages"), Lookup::Nothing));
        assert!(matches!(find("GET", "/channels/1/messages/"), Lookup::Nothing));
    }
}
