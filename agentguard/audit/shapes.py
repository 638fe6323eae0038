"""What secrets look like: the tables that redaction walks. Each entry has a sample and a near miss among the tests.

The hook reaches this module, and only for texts in which one of `redact.ANCHORS` stands.
"""

from __future__ import annotations

# Sets of characters.
DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = "abcdefghijklmnopqrstuvwxyz"
HEX = DIGITS + "abcdefABCDEF"
ALNUM = DIGITS + UPPER + LOWER
WORD = ALNUM + "_"
TOKEN = WORD + "-"
DOTTED = TOKEN + "."
BASE64 = ALNUM + "+/=%"

# Tokens that say what they are: (type, prefix, characters that follow, how many at least, how many dots among them).
# The prefix must not stand inside a word. All of what follows is taken, so a longer token is hidden whole.
TOKENS = (
    ("aws-key-id", "AKIA", UPPER + DIGITS, 16, 0),
    ("aws-key-id", "ASIA", UPPER + DIGITS, 16, 0),
    ("github-token", "ghp_", ALNUM, 36, 0),
    ("github-token", "gho_", ALNUM, 36, 0),
    ("github-token", "ghu_", ALNUM, 36, 0),
    ("github-token", "ghs_", ALNUM, 36, 0),
    ("github-token", "ghr_", ALNUM, 36, 0),
    ("github-token", "github_pat_", WORD, 40, 0),
    ("gitlab-token", "glpat-", TOKEN, 20, 0),
    ("gitlab-token", "gldt-", TOKEN, 20, 0),
    ("gitlab-token", "glrt-", TOKEN, 20, 0),
    ("gitlab-token", "glptt-", TOKEN, 20, 0),
    ("gitlab-token", "glcbt-", TOKEN, 20, 0),
    ("gitlab-token", "glagent-", TOKEN, 40, 0),
    ("atlassian-token", "ATATT3", TOKEN, 40, 0),
    ("bitbucket-token", "ATBB", ALNUM, 28, 0),
    ("slack-token", "xoxb-", TOKEN, 20, 0),
    ("slack-token", "xoxp-", TOKEN, 20, 0),
    ("slack-token", "xoxa-", TOKEN, 20, 0),
    ("slack-token", "xoxs-", TOKEN, 20, 0),
    ("slack-token", "xoxc-", TOKEN, 20, 0),
    ("slack-token", "xoxe-", TOKEN, 20, 0),
    ("slack-token", "xapp-", TOKEN, 20, 0),
    ("stripe-key", "sk_live_", ALNUM, 16, 0),
    ("stripe-key", "sk_test_", ALNUM, 16, 0),
    ("stripe-key", "rk_live_", ALNUM, 16, 0),
    ("stripe-key", "rk_test_", ALNUM, 16, 0),
    ("stripe-webhook", "whsec_", BASE64, 24, 0),
    ("square-token", "sq0atp-", TOKEN, 22, 0),
    ("square-token", "sq0csp-", TOKEN, 40, 0),
    ("square-token", "EAAA", TOKEN, 56, 0),
    ("paypal-token", "access_token$production$", WORD + "$", 40, 0),
    ("easypost-key", "EZAK", ALNUM, 50, 0),
    ("duffel-token", "duffel_live_", TOKEN, 40, 0),
    ("duffel-token", "duffel_test_", TOKEN, 40, 0),
    ("flutterwave-key", "FLWSECK-", TOKEN, 30, 0),
    ("flutterwave-key", "FLWSECK_TEST-", TOKEN, 30, 0),
    ("razorpay-key", "rzp_live_", ALNUM, 14, 0),
    ("shopify-token", "shpat_", HEX, 32, 0),
    ("shopify-token", "shpss_", HEX, 32, 0),
    ("anthropic-key", "sk-ant-", TOKEN, 20, 0),
    ("openai-key", "sk-proj-", TOKEN, 20, 0),
    ("openai-key", "sk-svcacct-", TOKEN, 20, 0),
    ("openai-key", "sk-", ALNUM, 40, 0),
    ("openrouter-key", "sk-or-", TOKEN, 20, 0),
    ("groq-key", "gsk_", ALNUM, 40, 0),
    ("xai-key", "xai-", ALNUM, 60, 0),
    ("perplexity-key", "pplx-", ALNUM, 40, 0),
    ("replicate-token", "r8_", ALNUM, 36, 0),
    ("huggingface-token", "hf_", ALNUM, 30, 0),
    ("npm-token", "npm_", ALNUM, 36, 0),
    ("pypi-token", "pypi-", TOKEN, 40, 0),
    ("rubygems-key", "rubygems_", HEX, 48, 0),
    ("nuget-key", "oy2", LOWER + DIGITS, 43, 0),
    ("jfrog-token", "AKCp", ALNUM, 60, 0),
    ("clojars-token", "CLOJARS_", ALNUM, 50, 0),
    ("crates-token", "cio", ALNUM, 32, 0),
    ("docker-token", "dckr_pat_", TOKEN, 20, 0),
    ("google-key", "AIza", TOKEN, 35, 0),
    ("google-token", "ya29.", DOTTED, 20, 0),
    ("google-token", "1//0", TOKEN, 40, 0),
    ("google-secret", "GOCSPX-", TOKEN, 24, 0),
    ("digitalocean-token", "dop_v1_", HEX, 60, 0),
    ("digitalocean-token", "doo_v1_", HEX, 60, 0),
    ("vault-token", "hvs.", TOKEN, 24, 0),
    ("vault-token", "hvb.", TOKEN, 24, 0),
    ("vault-token", "hvr.", TOKEN, 24, 0),
    ("prefect-key", "pnu_", ALNUM, 36, 0),
    ("readme-key", "rdme_", ALNUM, 60, 0),
    ("cloudflare-key", "v1.0-", HEX + "-", 140, 0),
    ("twilio-key", "SK", HEX, 32, 0),
    ("databricks-token", "dapi", HEX, 32, 0),
    ("newrelic-key", "NRAK-", ALNUM, 27, 0),
    ("grafana-token", "glsa_", WORD, 32, 0),
    ("sentry-token", "sntrys_", TOKEN, 40, 0),
    ("sentry-token", "sntryu_", HEX, 60, 0),
    ("linear-key", "lin_api_", ALNUM, 36, 0),
    ("notion-token", "ntn_", ALNUM, 40, 0),
    ("figma-token", "figd_", TOKEN, 30, 0),
    ("postman-key", "PMAK-", TOKEN, 50, 0),
    ("pulumi-token", "pul-", HEX, 40, 0),
    ("doppler-token", "dp.pt.", ALNUM, 40, 0),
    ("fly-token", "fo1_", TOKEN, 40, 0),
    ("supabase-token", "sbp_", HEX, 40, 0),
    ("planetscale-token", "pscale_tkn_", TOKEN, 32, 0),
    ("tailscale-key", "tskey-", TOKEN, 20, 0),
    ("heroku-key", "HRKU-", TOKEN, 36, 0),
    ("circleci-token", "CCIPAT_", TOKEN, 40, 0),
    ("buildkite-token", "bkua_", HEX, 40, 0),
    ("sonar-token", "sqp_", HEX, 40, 0),
    ("sonar-token", "squ_", HEX, 40, 0),
    ("contentful-token", "CFPAT-", TOKEN, 40, 0),
    ("sendinblue-key", "xkeysib-", TOKEN, 60, 0),
    ("sendgrid-key", "SG.", DOTTED, 60, 1),
    ("age-key", "AGE-SECRET-KEY-1", UPPER + DIGITS, 50, 0),
    ("onepassword-token", "ops_eyJ", TOKEN, 100, 0),
    ("jwt", "eyJ", DOTTED, 20, 2),
    # Private keys in base64: an OpenSSH key's body, and PEM as kubeconfigs hold it (`-----BEGIN PRIV`, `-----BEGIN RSA ` …).
    ("private-key", "b3BlbnNzaC1rZXktdjE", BASE64, 40, 0),
    ("private-key", "LS0tLS1CRUdJTiBQUklW", BASE64, 20, 0),
    ("private-key", "LS0tLS1CRUdJTiBSU0Eg", BASE64, 20, 0),
    ("private-key", "LS0tLS1CRUdJTiBFQyBQ", BASE64, 20, 0),
    ("private-key", "LS0tLS1CRUdJTiBPUEVO", BASE64, 20, 0),
    ("private-key", "LS0tLS1CRUdJTiBFTkNS", BASE64, 20, 0),
)

# Tokens that a piece in their middle gives away: (type, characters before it, how many at least, the piece, characters
# that follow, how many at least).
INFIXES = (
    ("mailchimp-key", HEX, 32, "-us", DIGITS, 1),
    ("azure-secret", DOTTED + "~", 4, "Q~", DOTTED + "~", 31),
)

# Addresses that are a secret from here on: what stands before stays readable.
ADDRESSES = (
    ("slack-webhook", "hooks.slack.com/services/", TOKEN + "/", 20),
    ("slack-webhook", "hooks.slack.com/workflows/", TOKEN + "/", 20),
    ("discord-webhook", "discord.com/api/webhooks/", TOKEN + "/", 40),
    ("teams-webhook", "webhook.office.com/", TOKEN + "/@", 40),
    ("telegram-token", "api.telegram.org/bot", TOKEN + ":", 40),
    ("azure-key", "AccountKey=", BASE64, 40),
    ("azure-key", "SharedAccessKey=", BASE64, 40),
    ("azure-signature", "sig=", BASE64, 40),
    (
        "url-signature",
        "Signature=",
        BASE64 + "-_~",
        32,
    ),  # X-Amz-Signature=, X-Goog-Signature=, and as CloudFront has it
    ("terraform-token", ".atlasv1.", TOKEN, 50),
)

# Key words: `NAME=value`, `name: value`, `--name value`, in any case, where NAME ends with one of these (digits may
# follow). (type, word, whether it must be a part of the name by itself: `_pass`, and not `compass`.)
ASSIGNMENTS = (
    ("password", "password", False),
    ("password", "passwd", False),
    ("password", "passphrase", False),
    ("password", "passcode", False),
    ("password", "storepass", False),
    ("password", "keypass", False),
    ("password", "pass", True),
    ("password", "_pwd", False),
    ("password", ";pwd", False),
    ("secret", "secret", False),
    ("secret", "credential", False),
    ("secret", "credentials", False),
    ("token", "token", False),
    ("token", "npm_auth", False),
    ("token", ":_auth", False),
    ("key", "api_key", False),
    ("key", "api-key", False),
    ("key", "apikey", False),
    ("key", "access_key", False),
    ("key", "access-key", False),
    ("key", "accesskey", False),
    ("key", "secret_key", False),
    ("key", "secret-key", False),
    ("key", "secretkey", False),
    ("key", "private_key", False),
    ("key", "private-key", False),
    ("key", "privatekey", False),
    ("key", "encryption_key", False),
    ("key", "signing_key", False),
    ("key", "auth_key", False),
    ("key", "stripe_key", False),
    ("key", "master_key", False),
    ("key", "app_key", False),
    ("key", "secret_key_base", False),
    ("cookie", "cookie", False),
)

# Values that are no secret: where it comes from is said elsewhere, or it is a type or a constant.
REFERENCES = ("os.environ", "process.env", "getenv", "env(", "env.", "getpass", "{", "[")
CONSTANTS = frozenset({
    "", "true", "false", "null", "none", "nil", "undefined", "str", "string", "int", "bool", "bytes", "any", "optional",
    "required", "yes", "no", "all",
})  # fmt: skip

# Authorization headers: schemes whose one word of credentials follows, and those where everything to the end of the
# line belongs to it (RFC 9110, section 11).
SCHEMES = frozenset({"basic", "bearer", "token", "negotiate", "apikey", "key", "bot", "oauth"})
LONG_SCHEMES = frozenset({"digest", "aws4-hmac-sha256", "hawk", "signature"})

# Words after which a secret stands in quotes, in any case.
QUOTED = (
    ("password", "password"),
    ("password", "identified by"),
    ("password", "convertto-securestring"),
    ("password", "convertto-securestring -string"),
)

# Where a command holds a secret: (type, command, option, how). A command is a program and words that follow somewhere. The
# secret is attached to the option, the next word, or the last one; one character: it stands behind the first such
# character in either. NAMED: the word after one that ends with a key word, as in `set NAME VALUE`.
ATTACHED, NEXT, LAST, NAMED = "attached", "next", "last", "named"
OPTIONS = (
    ("password", "mysql", "-p", ATTACHED),
    ("password", "mysqldump", "-p", ATTACHED),
    ("password", "mysqladmin", "-p", ATTACHED),
    ("password", "mariadb", "-p", ATTACHED),
    ("password", "sshpass", "-p", ATTACHED),
    ("password", "sshpass", "-p", NEXT),
    ("password", "7z", "-p", ATTACHED),
    ("password", "zip", "-P", NEXT),
    ("password", "unzip", "-P", NEXT),
    ("password", "redis-cli", "-a", NEXT),
    ("password", "mongo", "-p", NEXT),
    ("password", "mongosh", "-p", NEXT),
    ("password", "mongodump", "-p", NEXT),
    ("password", "sqlcmd", "-P", NEXT),
    ("password", "ldapsearch", "-w", NEXT),
    ("password", "ldapsearch", "-w", ATTACHED),
    ("password", "ldapmodify", "-w", NEXT),
    ("password", "docker login", "-p", NEXT),
    ("password", "podman login", "-p", NEXT),
    ("password", "az login", "-p", NEXT),
    ("password", "twine upload", "-p", NEXT),
    ("password", "curl", "-u", ":"),
    ("password", "curl", "--user", ":"),
    ("password", "curl", "-U", ":"),
    ("password", "curl", "--proxy-user", ":"),
    ("token", "curl", "--oauth2-bearer", NEXT),
    ("cookie", "curl", "-b", "="),
    ("password", "wget", "--user", ":"),
    ("password", "smbclient", "-U", "%"),
    ("password", "lftp", "-u", ","),
    ("password", "htpasswd", "-b", LAST),
    ("password", "openssl", "-k", NEXT),
    ("password", "ssh-keygen", "-N", NEXT),
    ("password", "ssh-keygen", "-P", NEXT),
    ("secret", "oathtool", "--totp", LAST),
    ("secret", "gh secret set", "--body", NEXT),
    ("secret", "gh secret set", "-b", NEXT),
    ("secret", "aws configure set", "", NAMED),
    ("secret", "rclone config", "", NAMED),
    ("secret", "npm config set", "", NAMED),
    ("password", "machine login", "", NAMED),  # a line of a .netrc
)
# Options without a value that may stand before another one in the same word: `curl -sSfu alice:hunter2`.
FLAGS = {
    "curl": "sSfLkvigGIjnNaBOJRlpqZ#012346",
    "ldapsearch": "xLvnAZZcCMRtu",
    "ldapmodify": "xvnaZcM",
    "zip": "rqjymuo9e",
    "unzip": "oqnjlt",
    "htpasswd": "cBmsdpnDvi25",
}
# Commands that read a secret from what echo or printf says into them, or from a here-string: (type, command, the character
# behind which it stands, "" for the whole word).
FED = (
    ("password", "sudo -S", ""),
    ("password", "chpasswd", ":"),
    ("password", "passwd --stdin", ""),
    ("password", "docker login --password-stdin", ""),
    ("password", "kinit", ""),
    ("password", "cryptsetup", ""),
    ("token", "gh auth login --with-token", ""),
)

TYPES = frozenset(
    [str(row[0]) for table in (TOKENS, INFIXES, ADDRESSES, ASSIGNMENTS, QUOTED, OPTIONS, FED) for row in table]
    + ["private-key", "url-password", "authorization"]
)
