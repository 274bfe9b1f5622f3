//! Clicks what stands still. A page that is being filled moves, and a click would miss.

use thirtyfour::WebElement;
use thirtyfour::error::WebDriverResult;

/// Where an element stands, and its size, in pixels.
pub type Place = [f64; 4];

/// Clicks an element if it stands where it `stood` when it was looked at before. Returns whether it
/// did.
pub async fn click(found: &WebElement, stood: &mut Option<Place>) -> WebDriverResult<Option<()>> {
    let rect = found.rect().await?;
    let place = [rect.x, rect.y, rect.width, rect.height];
    if stood.replace(place) != Some(place) {
        return Ok(None);
    }
    found.click().await.map(Some)
}
