//! How the profiles are set up: by options, and by files.

mod definition;

use std::path::PathBuf;

use clap::{ArgAction, Args};
use scim_service::{Builder, Endpoint, ScimService, Store, core::PaginationMethod};

pub(crate) use self::definition::{Definitions, with_its_names};
use crate::{
    Failure,
    profile::{
        Profile, generic,
        peakon::{self, Company},
        pendo, prendio,
    },
};

/// Where the help shows these options.
const PROFILES: &str = "Schemas and profiles";

/// Settings of the profiles.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Schemas of one's own, for the profile `generic`: JSON files, or folders of them.
    #[arg(
        long,
        env = "SCIM_SCHEMAS",
        value_name = "PATH",
        value_delimiter = ',',
        help_heading = PROFILES,
        hide_short_help = true
    )]
    schemas: Vec<PathBuf>,
    /// Resource types of one's own, for the profile `generic`: JSON files, or folders of them.
    /// They are served beside its users and groups, or in their place.
    #[arg(
        long,
        env = "SCIM_RESOURCE_TYPES",
        value_name = "PATH",
        value_delimiter = ',',
        help_heading = PROFILES,
        hide_short_help = true
    )]
    resource_types: Vec<PathBuf>,
    /// Whether the profile `pendo` takes groups without members.
    #[arg(
        long,
        env = "SCIM_PENDO_EMPTY_GROUPS",
        value_name = "BOOL",
        action = ArgAction::Set,
        num_args = 0..=1,
        default_missing_value = "true",
        default_value_t = true,
        help_heading = PROFILES,
        hide_short_help = true
    )]
    pub(crate) pendo_empty_groups: bool,
    /// The group that holds the administrators in the profile `pendo`.
    #[arg(
        long,
        env = "SCIM_PENDO_ADMIN_GROUP",
        value_name = "NAME",
        default_value = "Admin",
        help_heading = PROFILES,
        hide_short_help = true
    )]
    pub(crate) pendo_admin_group: String,
    /// The extension with a company's own attributes, for the profile `peakon`: a JSON file, in
    /// which types can also be `date` and `employee`.
    #[arg(long, env = "SCIM_PEAKON_SCHEMA", value_name = "FILE", help_heading = PROFILES, hide_short_help = true)]
    peakon_schema: Option<PathBuf>,
    /// The extension with the limits, for the profile `prendio`, if it is another than ours: a
    /// JSON file.
    #[arg(long, env = "SCIM_PRENDIO_SCHEMA", value_name = "FILE", help_heading = PROFILES, hide_short_help = true)]
    prendio_schema: Option<PathBuf>,
    /// A department that the profile `prendio` knows, to the letter; can be repeated, or several
    /// separated by `;`. Without any, all departments are taken.
    #[arg(
        long,
        env = "SCIM_PRENDIO_DEPARTMENT",
        value_name = "NAME",
        value_delimiter = ';',
        help_heading = PROFILES,
        hide_short_help = true
    )]
    pub(crate) prendio_department: Vec<String>,
    /// Whether the profile `prendio` refuses users of unknown departments, in place of leaving
    /// their department unset.
    #[arg(
        long,
        env = "SCIM_PRENDIO_STRICT",
        value_name = "BOOL",
        action = ArgAction::Set,
        num_args = 0..=1,
        default_missing_value = "true",
        default_value_t = false,
        help_heading = PROFILES,
        hide_short_help = true
    )]
    pub(crate) prendio_strict: bool,
}

/// The settings of the profiles, with all files read.
pub(crate) struct Setup {
    options: Options,
    own: Definitions,
    pub(crate) company: Company,
    prendio: Definitions,
}

impl Setup {
    pub(crate) fn load(options: &Options) -> Result<Self, Failure> {
        let limits = options.prendio_schema.as_slice();
        let company = options.peakon_schema.as_deref().map(Company::load).transpose()?;
        Ok(Self {
            own: Definitions::load(&options.schemas, &options.resource_types)?,
            company: company.unwrap_or_else(Company::usual),
            prendio: Definitions::load(limits, &[])?,
            options: options.clone(),
        })
    }

    /// The resource types that a profile serves.
    pub(crate) fn endpoints(&self, profile: Profile) -> Result<Vec<Endpoint>, Failure> {
        match profile {
            Profile::Generic => generic::endpoints(&self.own),
            Profile::Pendo => pendo::endpoints(),
            Profile::Peakon => Ok(peakon::endpoints(&self.company)?),
            Profile::Prendio => Ok(prendio::endpoints(&self.options, only(&self.prendio)?)?),
        }
    }

    /// The service of a profile, which serves these resource types.
    pub(crate) fn service<S: Store>(
        &self,
        profile: Profile,
        endpoints: &[Endpoint],
        store: S,
        base_url: &str,
    ) -> Result<ScimService<S>, Failure> {
        let builder = ScimService::builder(store).base_url(base_url);
        let builder = endpoints.iter().cloned().fold(builder, Builder::endpoint);
        let builder = match profile {
            Profile::Generic => builder,
            Profile::Pendo => builder.policy(pendo::Rules::new(&self.options)),
            Profile::Peakon => builder.default_pagination(PaginationMethod::Cursor),
            Profile::Prendio => builder.policy(prendio::Rules),
        };
        Ok(builder.build()?)
    }
}

/// The one schema that a file can hold.
fn only(definitions: &Definitions) -> Result<Option<scim_service::core::Schema>, &'static str> {
    match definitions.schemas.as_slice() {
        [] => Ok(None),
        [schema] => Ok(Some(schema.clone())),
        _ => Err("a file of a profile's extension must hold one schema"),
    }
}
