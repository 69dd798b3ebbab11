//! Accounts: who may sign in, and as what.

use egnatia_audit::Operation;
use egnatia_record::UserId;
use jiff::Timestamp;
use serde_json::json;

use crate::port::{Account, AccountState, Change};
use crate::writing::{EventAbout, to_the_microsecond};
use crate::{Action, App, AppError, Caller, Invalid, Password, Role};

const NAME_MAX: usize = 120;
/// Before the name of a user of the operating system, as the log has it.
const OS_USER: &str = "os:";

/// Whether somebody is known only as a user of the operating system: whether they are also somebody
/// who has an account, the node cannot tell.
pub fn is_unbound(login: &UserId) -> bool {
    login.as_str().starts_with(OS_USER)
}

/// Somebody who is to get an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name under which they sign in.
    pub login: String,
    /// The name of the person.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their first password.
    pub password: Password,
}

/// An account, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The name under which they sign in.
    pub login: UserId,
    /// The name of the person.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub state: AccountState,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Their user of the operating system at the node's command line, where one is bound.
    pub os_user: Option<String>,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            login: account.login,
            name: account.name,
            role: account.role,
            state: account.state,
            created_at: account.created_at,
            signed_in_at: account.signed_in_at,
            os_user: account.os_user,
        }
    }
}

impl App {
    /// All accounts, by login.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn accounts(&self, caller: &Caller) -> Result<Vec<AccountView>, AppError> {
        self.authorise(caller, Action::ManageAccounts, None)?;
        Ok(self
            .store()
            .accounts()
            .await?
            .into_iter()
            .map(AccountView::from)
            .collect())
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Invalid`] where a field cannot be used or the login is
    /// taken: logins are never given twice.
    pub async fn create_account(
        &self,
        caller: &Caller,
        new: NewAccount,
    ) -> Result<AccountView, AppError> {
        self.authorise(caller, Action::ManageAccounts, None)?;
        let login: UserId = new
            .login
            .trim()
            .parse()
            .ok()
            .filter(|login: &UserId| !login.as_str().contains(':') && login.as_str() != "unknown")
            .ok_or_else(|| {
                Invalid::new(
                    "login",
                    "invalid",
                    "a login has 1 to 64 of a-z, 0-9, `-`, `.`, `_`",
                )
            })?;
        let name = new.name.trim().to_owned();
        let length = name.chars().count();
        if length == 0 || length > NAME_MAX || name.chars().any(char::is_control) {
            return Err(Invalid::new("name", "invalid", "state the person's name").into());
        }
        check_password(&new.password, &login)?;
        if self.store().account(&login).await?.is_some() {
            let text = "this login is taken, perhaps by somebody who has left";
            return Err(Invalid::new("login", "taken", text).into());
        }
        let account = Account {
            login,
            name,
            role: new.role,
            password: self.hash(new.password).await?,
            state: AccountState::Active,
            failures: 0,
            created_at: to_the_microsecond(self.now()),
            signed_in_at: None,
            revision: 1,
            os_user: None,
        };
        self.write_account(caller, account.clone(), "created", false)
            .await?;
        Ok(account.into())
    }

    /// Lifts a lock-out.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`]; [`AppError::Conflict`] where the account
    /// is not locked.
    pub async fn unlock_account(&self, caller: &Caller, login: &UserId) -> Result<(), AppError> {
        let mut account = self.managed(caller, login).await?;
        if account.state != AccountState::Locked {
            return Err(AppError::Conflict("the account is not locked".to_owned()));
        }
        account.state = AccountState::Active;
        account.failures = 0;
        self.write_account(caller, account, "unlocked", false).await
    }

    /// Closes an account for good and ends its sessions.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`]; [`AppError::Conflict`] where it is closed
    /// already, or where it is the caller's own.
    pub async fn close_account(&self, caller: &Caller, login: &UserId) -> Result<(), AppError> {
        let mut account = self.managed(caller, login).await?;
        if account.login == caller.login {
            let text = "nobody closes their own account; ask another administrator";
            return Err(AppError::Conflict(text.to_owned()));
        }
        if account.state == AccountState::Closed {
            return Err(AppError::Conflict(
                "the account is closed already".to_owned(),
            ));
        }
        account.state = AccountState::Closed;
        self.write_account(caller, account, "closed", true).await
    }

    /// Gives somebody another role and ends their sessions: none goes on with what it was allowed.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`]; [`AppError::Invalid`] for a role that no
    /// account has; [`AppError::Conflict`] where it is the caller's own account, a closed one, or
    /// has this role already.
    pub async fn change_role(
        &self,
        caller: &Caller,
        login: &UserId,
        role: Role,
    ) -> Result<(), AppError> {
        let mut account = self.managed(caller, login).await?;
        if !Role::OF_ACCOUNTS.contains(&role) {
            return Err(Invalid::new("role", "invalid", "no account has this role").into());
        }
        let refused = if account.login == caller.login {
            Some("nobody changes their own role; ask another administrator")
        } else if account.state == AccountState::Closed {
            Some("the account is closed")
        } else if account.role == role {
            Some("the account has this role already; choose another")
        } else {
            None
        };
        if let Some(text) = refused {
            return Err(AppError::Conflict(text.to_owned()));
        }
        let before = std::mem::replace(&mut account.role, role);
        account.revision = account.revision.saturating_add(1);
        let data = json!({ "account": "role-changed", "role": role, "before": before });
        self.commit_account(caller, account, data, true).await
    }

    /// Binds a user of the operating system to an account, or takes the binding away: both are one
    /// person, and count once where two sign.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`]; [`AppError::Invalid`] where it is no name, or
    /// bound to another account.
    pub async fn bind_os_user(
        &self,
        caller: &Caller,
        login: &UserId,
        os_user: Option<String>,
    ) -> Result<(), AppError> {
        let mut account = self.managed(caller, login).await?;
        if let Some(name) = &os_user {
            if format!("{OS_USER}{name}").parse::<UserId>().is_err() {
                let text = "a user of the operating system has 1 to 60 of a-z, 0-9, `-`, `.`, `_`";
                return Err(Invalid::new("os_user", "invalid", text).into());
            }
            let holder = self.bound_to(name).await?;
            if let Some(holder) = holder.filter(|holder| holder != login) {
                let text = format!("this user of the operating system is bound to `{holder}`");
                return Err(Invalid::new("os_user", "taken", text).into());
            }
        }
        let before = std::mem::replace(&mut account.os_user, os_user.clone());
        account.revision = account.revision.saturating_add(1);
        let what = match os_user {
            Some(_) => "os-user-bound",
            None => "os-user-released",
        };
        let data = json!({ "account": what, "os_user": os_user, "before": before });
        self.commit_account(caller, account, data, false).await
    }

    /// Whoever is at the node's command line, under the name of the account that they have for the
    /// pages, where their user of the operating system is bound to one.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn as_account(&self, caller: Caller) -> Result<Caller, AppError> {
        let login = self.person_of(&caller.login).await?;
        Ok(Caller { login, ..caller })
    }

    /// The account of a user of the operating system; the name itself where none is bound.
    pub(crate) async fn person_of(&self, login: &UserId) -> Result<UserId, AppError> {
        let bound = match login.as_str().strip_prefix(OS_USER) {
            Some(name) => self.bound_to(name).await?,
            None => None,
        };
        Ok(bound.unwrap_or_else(|| login.clone()))
    }

    async fn bound_to(&self, name: &str) -> Result<Option<UserId>, AppError> {
        let accounts = self.store().accounts().await?.into_iter();
        let mut bound = accounts.filter(|account| account.os_user.as_deref() == Some(name));
        Ok(bound.next().map(|account| account.login))
    }

    /// Sets a new password for somebody who has lost theirs, and ends their sessions.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`]; [`AppError::Invalid`] where the password
    /// is weak.
    pub async fn reset_password(
        &self,
        caller: &Caller,
        login: &UserId,
        password: Password,
    ) -> Result<(), AppError> {
        let mut account = self.managed(caller, login).await?;
        if account.state == AccountState::Closed {
            return Err(AppError::Conflict("the account is closed".to_owned()));
        }
        check_password(&password, login)?;
        account.password = self.hash(password).await?;
        account.failures = 0;
        self.write_account(caller, account, "password-reset", true)
            .await
    }

    /// Changes one's own password and ends all one's sessions.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the present password is wrong or the new one is weak.
    pub async fn change_own_password(
        &self,
        caller: &Caller,
        present: Password,
        new: Password,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ChangeOwnPassword, None)?;
        let account = self.store().account(&caller.login).await?;
        let mut account = account.ok_or(AppError::NotFound("account"))?;
        if !self.is_password_of(&account, present).await? {
            let text = "this is not your present password";
            return Err(Invalid::new("present_password", "wrong", text).into());
        }
        check_password(&new, &caller.login)?;
        account.password = self.hash(new).await?;
        self.write_account(caller, account, "password-changed", true)
            .await
    }

    async fn managed(&self, caller: &Caller, login: &UserId) -> Result<Account, AppError> {
        self.authorise(caller, Action::ManageAccounts, None)?;
        self.store()
            .account(login)
            .await?
            .ok_or(AppError::NotFound("account"))
    }

    async fn write_account(
        &self,
        caller: &Caller,
        mut account: Account,
        what: &'static str,
        end_sessions: bool,
    ) -> Result<(), AppError> {
        if what != "created" {
            account.revision = account.revision.saturating_add(1);
        }
        let data = json!({ "account": what, "role": account.role });
        self.commit_account(caller, account, data, end_sessions)
            .await
    }

    async fn commit_account(
        &self,
        caller: &Caller,
        account: Account,
        data: serde_json::Value,
        end_sessions: bool,
    ) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        let about = EventAbout::subject(format!("account:{}", account.login));
        writing.log(Operation::Administration, about.data(data));
        let login = account.login.clone();
        writing.batch.changes.push(Change::PutAccount(account));
        if end_sessions {
            writing
                .batch
                .changes
                .push(Change::DropSessionsOf(login.clone()));
        }
        self.store().commit(writing.batch).await?;
        self.inner.doors.forget(&login);
        Ok(())
    }
}

fn check_password(password: &Password, login: &UserId) -> Result<(), Invalid> {
    password
        .check_strength(login.as_str())
        .map_err(|weak| Invalid::new("password", "weak", weak.to_string()))
}
