//! Sessions under a simulated relay and simulated people.

mod asides;
mod groups;
mod hostile_links;
mod hostile_member;
mod hostile_relay;
mod integration_bugs;
mod pairs;
mod sim;
mod simulated;
mod sizes;
