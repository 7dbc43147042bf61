//! Where the person is, as an address that survives a reload. Addresses hold ids only, never a name.

use std::fmt;

use crate::bridge::{JOIN_PATH, ObjectId, RECOVER_PATH, Selection, TeamId, VaultId, ViewId};

/// A place in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// `/`: wherever the session says.
    Start,
    /// `/create`
    Create,
    /// `/sign-in`
    SignIn,
    /// `/join`: by an invitation, which stands behind the `#` of its link and is taken from there at once.
    Join,
    /// `/recover` and, where it is known, the team: for whoever has lost password or kit.
    Recover(Option<TeamId>),
    /// `/team/:team/…`
    Team(TeamId, Spot),
}

/// A place in the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The tree; on wide screens with everything listed beside it.
    Home,
    /// A list.
    List(Selection),
    /// A list and a resource of it.
    Detail(Selection, Open),
    /// What was deleted.
    Trash,
    /// The settings.
    Settings,
    /// The report on the health of all secrets.
    Health,
    /// The people of the team.
    People,
    /// Requests for secrets.
    Requests,
    /// What happened in the team.
    Audit,
    /// The secrets that somebody could open who has no right to them any more.
    Exposed,
    /// The reports.
    Reports,
}

/// What is open in the detail pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its vault.
    pub vault: VaultId,
    /// The resource.
    pub resource: ObjectId,
    /// The account that is looked at.
    pub account: Option<ObjectId>,
}

impl Address {
    /// Reads a path; anything unknown is the start.
    pub fn parse(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["create"] => Self::Create,
            ["sign-in"] => Self::SignIn,
            ["join"] => Self::Join,
            ["recover"] => Self::Recover(None),
            ["recover", team] => Self::Recover(team.parse().ok()),
            ["team", team, rest @ ..] => team.parse().map_or(Self::Start, |team| Self::Team(team, Spot::parse(rest))),
            _ => Self::Start,
        }
    }

    /// The place in the team.
    pub const fn spot(self) -> Option<Spot> {
        match self {
            Self::Team(_, spot) => Some(spot),
            _ => None,
        }
    }
}

impl Spot {
    fn parse(parts: &[&str]) -> Self {
        let (selection, rest) = match parts {
            ["settings"] => return Self::Settings,
            ["trash"] => return Self::Trash,
            ["health"] => return Self::Health,
            ["people"] => return Self::People,
            ["requests"] => return Self::Requests,
            ["audit"] => return Self::Audit,
            ["exposed"] => return Self::Exposed,
            ["reports"] => return Self::Reports,
            ["all", rest @ ..] => (Some(Selection::All), rest),
            ["favourites", rest @ ..] => (Some(Selection::Favourites), rest),
            ["recent", rest @ ..] => (Some(Selection::Recent), rest),
            ["view", view, rest @ ..] => (view.parse().ok().map(|view| Selection::View(ViewId(view))), rest),
            ["vault", vault, "group", group, rest @ ..] => {
                let ids = vault.parse().ok().zip(group.parse().ok());
                (ids.map(|(vault, group)| Selection::ResourceGroup(vault, group)), rest)
            }
            ["vault", vault, rest @ ..] => (vault.parse().ok().map(Selection::Vault), rest),
            _ => return Self::Home,
        };
        let Some(selection) = selection else { return Self::Home };
        let vault = match selection {
            Selection::Vault(vault) | Selection::ResourceGroup(vault, _) => Some(vault),
            _ => None,
        };
        let (vault, rest) = match (vault, rest) {
            (None, ["in", vault, rest @ ..]) => (vault.parse().ok(), rest),
            _ => (vault, rest),
        };
        let (resource, account) = match rest {
            ["resource", resource] => (resource.parse().ok(), None),
            ["resource", resource, "account", account] => (resource.parse().ok(), account.parse().ok()),
            _ => (None, None),
        };
        match vault.zip(resource) {
            Some((vault, resource)) => Self::Detail(selection, Open { vault, resource, account }),
            None => Self::List(selection),
        }
    }

    /// What the list shows.
    pub const fn selection(self) -> Selection {
        match self {
            Self::List(selection) | Self::Detail(selection, _) => selection,
            Self::Home
            | Self::Trash
            | Self::Settings
            | Self::Health
            | Self::People
            | Self::Requests
            | Self::Audit
            | Self::Exposed
            | Self::Reports => Selection::All,
        }
    }

    /// What the detail pane shows.
    pub const fn open(self) -> Option<Open> {
        match self {
            Self::Detail(_, open) => Some(open),
            _ => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => out.write_str("/"),
            Self::Create => out.write_str("/create"),
            Self::SignIn => out.write_str("/sign-in"),
            Self::Join => out.write_str(JOIN_PATH),
            Self::Recover(None) => out.write_str(RECOVER_PATH),
            Self::Recover(Some(team)) => write!(out, "{RECOVER_PATH}/{team}"),
            Self::Team(team, spot) => write!(out, "/team/{team}{spot}"),
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => Ok(()),
            Self::Trash => out.write_str("/trash"),
            Self::Settings => out.write_str("/settings"),
            Self::Health => out.write_str("/health"),
            Self::People => out.write_str("/people"),
            Self::Requests => out.write_str("/requests"),
            Self::Audit => out.write_str("/audit"),
            Self::Exposed => out.write_str("/exposed"),
            Self::Reports => out.write_str("/reports"),
            Self::List(selection) => write_selection(out, *selection),
            Self::Detail(selection, open) => {
                write_selection(out, *selection)?;
                if !matches!(selection, Selection::Vault(_) | Selection::ResourceGroup(..)) {
                    write!(out, "/in/{}", open.vault)?;
                }
                write!(out, "/resource/{}", open.resource)?;
                open.account.map_or(Ok(()), |account| write!(out, "/account/{account}"))
            }
        }
    }
}

fn write_selection(out: &mut fmt::Formatter<'_>, selection: Selection) -> fmt::Result {
    match selection {
        Selection::All => out.write_str("/all"),
        Selection::Favourites => out.write_str("/favourites"),
        Selection::Recent => out.write_str("/recent"),
        Selection::View(ViewId(view)) => write!(out, "/view/{view}"),
        Selection::Vault(vault) => write!(out, "/vault/{vault}"),
        Selection::ResourceGroup(vault, group) => write!(out, "/vault/{vault}/group/{group}"),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_address_is_read_as_it_was_written() {
        let team = TeamId([1; 16]);
        let vault = VaultId([2; 16]);
        let group = ObjectId([3; 16]);
        let open = Open { vault, resource: ObjectId([4; 16]), account: None };
        let deep = Open { account: Some(ObjectId([5; 16])), ..open };
        let selections = [
            Selection::All,
            Selection::Favourites,
            Selection::Recent,
            Selection::View(ViewId(7)),
            Selection::Vault(vault),
            Selection::ResourceGroup(vault, group),
        ];
        let mut addresses = vec![
            Address::Start,
            Address::Create,
            Address::SignIn,
            Address::Join,
            Address::Recover(None),
            Address::Recover(Some(team)),
            Address::Team(team, Spot::Home),
            Address::Team(team, Spot::Settings),
            Address::Team(team, Spot::Trash),
            Address::Team(team, Spot::Health),
            Address::Team(team, Spot::People),
            Address::Team(team, Spot::Requests),
            Address::Team(team, Spot::Audit),
            Address::Team(team, Spot::Exposed),
            Address::Team(team, Spot::Reports),
        ];
        for selection in selections {
            addresses.push(Address::Team(team, Spot::List(selection)));
            addresses.push(Address::Team(team, Spot::Detail(selection, open)));
            addresses.push(Address::Team(team, Spot::Detail(selection, deep)));
        }
        for address in addresses {
            assert_eq!(Address::parse(&address.to_string()), address, "{address}");
        }
    }

    #[test]
    fn nonsense_is_a_start() {
        assert_eq!(Address::parse("/team/none/all"), Address::Start);
        assert_eq!(Address::parse("/x/y"), Address::Start);
    }
}
