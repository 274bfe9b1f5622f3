//! Lists the columns that are read of each table whose rows are read whole.
//!
//! No statement says `*`: a newer program may add a column while this one runs, and a statement that the
//! driver has prepared before would then have more columns than it knows of.

/// Returns the columns of a table as one text, each behind a prefix such as `"r."`.
macro_rules! columns {
    (list $of:literal, $first:literal $(, $more:literal)*) => {
        concat!($of, $first $(, ", ", $of, $more)*)
    };
    (renders, $of:literal) => {
        columns!(list $of, "id", "draft_id", "guild_id", "parent_id", "after_id", "position", "version", "stage", "price", "want_width", "want_height", "state", "attempts", "width", "height", "queued_ms", "message_id", "reduced", "reduced_from", "vote_state", "vote_version", "vote_price", "vote_quorum", "vote_own", "vote_closes_ms", "waiting_since_ms", "vote_lead_decides", "vote_approve", "vote_veto", "vote_approvers", "vote_leads", "stopped_by", "stop_reason", "gallery_id", "gallery_message_id", "vote_remind_ms", "capped_by", "capped_until_ms", "usd_micros", "request_id", "likeness_permille", "asked_engine", "asked_model", "asked_quality", "asked_mode", "request_url", "refused_picture", "called_off_ms", "notice_id", "restored_ms", "notes", "changes", "clash", "original_removed_ms")
    };
    (drafts, $of:literal) => {
        columns!(list $of, "id", "guild_id", "channel_id", "requester_id", "prompt", "keep", "ratio", "images", "last_stage", "state", "starter_id", "thread_id", "answer_token", "created_ms", "project_id", "forgotten", "parent_id", "reference_count", "references_removed_ms", "prompt_removed_ms")
    };
    (projects, $of:literal) => {
        columns!(list $of, "id", "guild_id", "name", "explore_budget", "review_budget", "final_budget", "created_by", "created_ms", "closed_ms")
    };
    (entries, $of:literal) => {
        columns!(list $of, "id", "guild_id", "kind", "amount", "render_id", "closes", "actor_id", "reason", "at_ms")
    };
    (pools, $of:literal) => {
        columns!(list $of, "guild_id", "granted", "held", "settled")
    };
    (alerts, $of:literal) => {
        columns!(list $of, "guild_id", "subject", "mark", "used", "whole", "passed_ms")
    };
    (digests, $of:literal) => {
        columns!(list $of, "guild_id", "day", "channel_id", "message_id", "withdrawn")
    };
    (caps, $of:literal) => {
        columns!(list $of, "guild_id", "scope", "subject_id", "stage", "period", "most")
    };
}

pub(in crate::store) use columns;
