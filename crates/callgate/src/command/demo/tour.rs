//! The tour: an allowed read, a denied method, raw transactions allowed and denied, and a hot reload, told as it happens.

use super::http::{Client, Wire};
use super::wallet::{PAYEE, Wallet};
use crate::exit::{Exit, Failure, OrExit, fail};
use crate::output::say;
use alloy_primitives::U256;
use std::path::Path;
use std::time::{Duration, Instant};

/// The line of the policy that the tour edits, before and after.
const LIMIT_BEFORE: &str = r#"value: { lte: "1 ether" }"#;
const LIMIT_AFTER: &str = r#"value: { lte: "3 ether" }"#;

/// A change takes well under a second; past this the demo says that it did not happen.
const RELOAD_PATIENCE: Duration = Duration::from_secs(10);

/// What the tour needs to know.
pub(super) struct Tour<'a> {
    pub(super) client: &'a Client,
    pub(super) callgate: &'a str,
    pub(super) node: &'a str,
    pub(super) application: &'a str,
    pub(super) token: &'a str,
    pub(super) policy: &'a Path,
}

impl Tour<'_> {
    /// Waits until Callgate has asked the node for its chain.
    pub(super) async fn ready(&self) -> Result<(), Failure> {
        let deadline = Instant::now() + RELOAD_PATIENCE;
        while let Wire::Error { message, .. } = self.call(self.application, "eth_chainId", "[]").await? {
            if Instant::now() > deadline {
                return Err(fail(
                    Exit::Unreachable,
                    format_args!("the node does not answer through Callgate: {message}"),
                ));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Walks through every step; the first that goes another way than told ends it.
    pub(super) async fn walk(&self) -> Result<(), Failure> {
        let wallet = Wallet::application().or_exit(Exit::Internal)?;
        let stranger = Wallet::stranger().or_exit(Exit::Internal)?;
        let chain_id = self.chain_id().await?;
        self.fund(wallet.address()).await?;

        say("\nTour");
        self.allowed(
            self.application,
            "eth_blockNumber",
            "[]",
            "1. the application reads the chain",
        )
        .await?;
        self.refused(
            "debug_traceTransaction",
            &format!(r#"["0x{:064}"]"#, 0),
            "2. but a method that no rule grants is refused",
        )
        .await?;

        let nonce = self.nonce(wallet.address()).await?;
        let one = wallet.pay(chain_id, nonce, PAYEE, ether(1)).or_exit(Exit::Internal)?;
        self.allowed(
            self.application,
            "eth_sendRawTransaction",
            &quoted(&one),
            "3. it sends a transaction that its wallet signed: 1 ether to a listed payee",
        )
        .await?;

        let theirs = stranger.pay(chain_id, 0, PAYEE, ether(1)).or_exit(Exit::Internal)?;
        self.refused(
            "eth_sendRawTransaction",
            &quoted(&theirs),
            "4. the same, signed by another wallet, is refused: the sender is recovered",
        )
        .await?;

        let nonce = self.nonce(wallet.address()).await?;
        let two = wallet.pay(chain_id, nonce, PAYEE, ether(2)).or_exit(Exit::Internal)?;
        self.refused(
            "eth_sendRawTransaction",
            &quoted(&two),
            "5. and 2 ether are more than the rule allows",
        )
        .await?;

        self.raise_the_limit(&quoted(&two)).await?;

        let holder = format!(r#"["{:#x}","latest"]"#, wallet.address());
        self.allowed(
            self.token,
            "eth_getBalance",
            &holder,
            "7. a token's owner is known by its claims",
        )
        .await?;
        Ok(())
    }

    /// Edits the policy file and sends the same transaction until the new policy lets it through.
    async fn raise_the_limit(&self, transaction: &str) -> Result<(), Failure> {
        let before = std::fs::read_to_string(self.policy).or_exit(Exit::Internal)?;
        let after = before.replace(LIMIT_BEFORE, LIMIT_AFTER);
        if after == before {
            return Err(fail(Exit::Internal, "the policy of the demo has no limit to raise"));
        }
        std::fs::write(self.policy, after).or_exit(Exit::Internal)?;
        let started = Instant::now();
        loop {
            let answer = self
                .call(self.application, "eth_sendRawTransaction", transaction)
                .await?;
            if let Wire::Result(hash) = answer {
                let took = started.elapsed().as_millis();
                say(format_args!(
                    "  6. the limit is raised in the policy file: after {took} ms the same bytes pass, without a restart\n       -> {hash}"
                ));
                return Ok(());
            }
            if started.elapsed() > RELOAD_PATIENCE {
                return Err(fail(Exit::Internal, "the changed policy did not take effect"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn allowed(&self, who: &str, method: &str, params: &str, told: &str) -> Result<(), Failure> {
        match self.call(who, method, params).await? {
            Wire::Result(value) => {
                say(format_args!("  {told}\n       -> {}", shortened(&value.to_string())));
                Ok(())
            }
            Wire::Error { code, message, .. } => Err(fail(
                Exit::Internal,
                format_args!("{told}: expected a result, got error {code}: {message}"),
            )),
        }
    }

    async fn refused(&self, method: &str, params: &str, told: &str) -> Result<(), Failure> {
        match self.call(self.application, method, params).await? {
            Wire::Error {
                code: code @ (-32003 | -32004),
                message,
                rule,
            } => {
                let rule = rule.map(|rule| format!(" (rule {rule})")).unwrap_or_default();
                say(format_args!("  {told}\n       -> {code} {message}{rule}"));
                Ok(())
            }
            other => Err(fail(
                Exit::Internal,
                format_args!("{told}: expected a refusal, got {other:?}"),
            )),
        }
    }

    async fn call(&self, who: &str, method: &str, params: &str) -> Result<Wire, Failure> {
        self.client
            .call(self.callgate, Some(who), method, params)
            .await
            .or_exit(Exit::Unreachable)
    }

    async fn chain_id(&self) -> Result<u64, Failure> {
        self.number(
            &self
                .client
                .call(self.node, None, "eth_chainId", "[]")
                .await
                .or_exit(Exit::Unreachable)?,
        )
    }

    async fn nonce(&self, of: alloy_primitives::Address) -> Result<u64, Failure> {
        let params = format!(r#"["{of:#x}","pending"]"#);
        self.number(&self.call(self.application, "eth_getTransactionCount", &params).await?)
    }

    fn number(&self, answer: &Wire) -> Result<u64, Failure> {
        match answer {
            Wire::Result(value) => value
                .as_str()
                .and_then(|text| text.strip_prefix("0x"))
                .and_then(|digits| u64::from_str_radix(digits, 16).ok()),
            Wire::Error { .. } => None,
        }
        .ok_or_else(|| {
            fail(
                Exit::Unreachable,
                format_args!("the node at `{}` answered {answer:?} where a number was due", self.node),
            )
        })
    }

    /// anvil's accounts are rich; `geth --dev` has one rich account of its own, so the wallet is given some directly at the node.
    async fn fund(&self, wallet: alloy_primitives::Address) -> Result<(), Failure> {
        let balance = format!(r#"["{wallet:#x}","latest"]"#);
        let empty = |answer: &Wire| matches!(answer, Wire::Result(value) if value.as_str() == Some("0x0"));
        if !empty(&self.at_node("eth_getBalance", &balance).await?) {
            return Ok(());
        }
        let Wire::Result(accounts) = self.at_node("eth_accounts", "[]").await? else {
            return Ok(());
        };
        let Some(rich) = accounts.get(0).and_then(serde_json::Value::as_str) else {
            return Ok(());
        };
        let gift = format!(r#"[{{"from":"{rich}","to":"{wallet:#x}","value":"0x56bc75e2d63100000"}}]"#);
        self.at_node("eth_sendTransaction", &gift).await?;
        let deadline = Instant::now() + RELOAD_PATIENCE;
        while empty(&self.at_node("eth_getBalance", &balance).await?) && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    async fn at_node(&self, method: &str, params: &str) -> Result<Wire, Failure> {
        self.client
            .call(self.node, None, method, params)
            .await
            .or_exit(Exit::Unreachable)
    }
}

fn ether(count: u64) -> U256 {
    U256::from(count) * U256::from(1_000_000_000_000_000_000_u64)
}

fn quoted(raw: &str) -> String {
    format!(r#"["{raw}"]"#)
}

fn shortened(text: &str) -> String {
    if text.len() <= 80 {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(79).collect::<String>())
    }
}
