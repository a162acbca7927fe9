//! Password hashes: Argon2id in PHC form, made where blocking is allowed, a few at a time.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString},
};

use alphorn_model::Refusal;

use crate::Engine;

/// How costly one guess at a password is.
#[derive(Debug, Clone, Copy)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Default for PasswordCost {
    /// The first recommendation of OWASP's password storage cheat sheet.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2, parallelism: 1 }
    }
}

/// Longest password in bytes.
const PASSWORD_BYTES_MAX: usize = 1_024;

impl Engine {
    /// Hashes a new password.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` when it is too long; an internal error when hashing fails.
    pub async fn hash_password(&self, password: String) -> Result<String, Refusal> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(Refusal::invalid_param(format!("a password has at most {PASSWORD_BYTES_MAX} bytes")));
        }
        let mut salt = [0_u8; 16];
        self.entropy().fill(&mut salt);
        let cost = self.0.parts.password_cost;
        self.hashing(move || {
            let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None).ok()?;
            let salt = SaltString::encode_b64(&salt).ok()?;
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            hasher.hash_password(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
        })
        .await?
        .ok_or_else(|| {
            tracing::error!("hashing a password failed: check the [passwords] settings");
            Refusal::internal()
        })
    }

    /// Whether a password fits a hash. Without a hash the same time is spent, so that nobody can
    /// tell from it whether an account exists.
    ///
    /// # Errors
    /// Only when the server is stopping.
    pub async fn verify_password(&self, password: String, hash: Option<String>) -> Result<bool, Refusal> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let Some(hash) = hash else {
            self.hash_password(password).await?;
            return Ok(false);
        };
        self.hashing(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let _turn = self.0.hashing.acquire().await.map_err(|_| Refusal::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::internal())
    }
}
