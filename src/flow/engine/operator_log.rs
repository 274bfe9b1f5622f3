//! Logs, once and not for every image, what only the operator can mend.

use crate::domain::image::render::Render;
use crate::flow::services::Services;

/// Logs why an engine drew nothing, if that is news. Later images would only repeat it.
pub(in crate::flow) fn tell_operator(services: &Services, render: &Render, why: &str) {
    let (id, stage, asked) = (render.id, render.stage, services.rules.asked(render));
    let (engine, model) = (asked.engine.as_str(), asked.model.as_str());
    if services.operator_log.is_news(engine, model, why) {
        tracing::error!(render.id = %id, render.stage = %stage, "the engine needs its operator: {why}");
    } else {
        tracing::debug!(render.id = %id, render.stage = %stage, "the engine still needs its operator: {why}");
    }
}
