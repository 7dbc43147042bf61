//! What the server keeps of a service, and what of it is gone with a removal.

use std::{net::IpAddr, sync::Arc};

use sealward_contract::{
    chain::{Member, ServiceScope, ServiceTerms},
    host::Host,
};

use crate::{
    operations::session::service::{Admitted, admitted, goes_on, still_admits},
    store::tables::BoundSessionRow,
    surroundings::{Addresses, Resolve},
    testing::{World, member::Founder},
};
