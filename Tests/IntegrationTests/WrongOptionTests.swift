import Foundation
import Rig
import Testing

/// Options that would change nothing, and values that make no sense, are said before anything is done.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct WrongOptionTests: ProgramTests {
    @Test(arguments: [
        (["submit", "--ticket", "7", "--body", "b", "--field", "a=b"], "--field would change nothing"),
        (["submit", "--ticket", "7", "--body", "b", "--priority", "high"], "switchboard ticket set 7"),
        (
            ["submit", "--ticket", "7", "--body", "b", "--kind", "k", "--subject", "s"],
            "--subject and --kind would change nothing"
        ),
        (["submit", "--ticket", "7", "--body", "b", "--tag", "t"], "--tag"),
        (["submit", "--ticket", "7", "--in-reply-to", "x", "--body", "b"], "exclude each other"),
        (["submit", "--in-reply-to", "x", "--body", "b"], "it is a new one when its Message-ID is none"),
        (["submit", "--customer", "c", "--subject", "s", "--body", "b", "--tag", " "], "--tag is empty"),
        (["tickt", "list"], "`switchboard` has no command `tickt`; the nearest is `ticket`"),
        (["ticket", "Show", "1"], "`switchboard ticket` has no command `Show`; the nearest is `show`"),
        (["feedback", "frobnicate"], "no command `frobnicate`; there are list, close"),
        (["outbox", "--limit", "0"], "--limit is 1 to 10000"),
        (["submit", "--jsonl", "f", "--customer", "c"], "each line says that of its own request"),
        (["submit", "--jsonl", "f", "--body", "b"], "--body"),
        (["submit", "--csv", "f", "--tag", "t"], "--map tags=COLUMN"),
        (["submit", "--csv", "f", "--id", "i"], "id=COLUMN"),
        (["submit", "--csv", "f", "--priority", "highest"], "no priority `highest`"),
        (["submit", "--csv", "f", "--channel", "a b"], "--channel is `a b`"),
        (["submit", "--customer", "c", "--subject", "s", "--body", "b", "--field", "=x"], "order=4711"),
        (["submit", "--customer", "c", "--subject", "s", "--body", "b", "--as", "a b"], "--as is `a b`"),
        (["ticket", "set", "1", "--join", "bad name!"], "--join is `bad name!`: a name has 1 to 64"),
        (["ticket", "set", "1", "--part", "x!"], "--part is `x!`"),
        (["ticket", "set", "1", "--tag", "t", "--reason", "r"], "--spam or --no-spam"),
        (["ticket", "escalate", "1", "n", "--to", "a b"], "--to is `a b`"),
        (["ticket", "assign", "1", "a b", "--reason", "r"], "the owner is `a b`"),
        (["ticket", "consult", "1", "a b", "why?"], "whom to ask is `a b`"),
        (["ticket", "take-over", "1", "--reason", "r", "--token", "3"], "Unknown option '--token'"),
        (["ticket", "claim", "1", "--minutes", "-5"], "--minutes is more than 0 and at most 720"),
        (["ticket", "pend", "1", "--minutes", "-0.5"], "--minutes is more than 0"),
        (["ticket", "list", "--owner", "a b"], "--owner is `a b`"),
        (["customer", "show", ""], "a customer's name is not empty"),
        (["ticket", "show", "-5"], "`-5` is no option, and no ticket has a number below 1"),
        (["ticket", "note", "1", "-5"], "stands behind two others: -- -5"),
        (["audit", "--deed", "connexion-refused"], "did you mean `connection-refused`?"),
        (["audit", "--desk", "--deed", "bogus"], "there is no deed `bogus` here. There are configured, "),
        (["audit", "--desk", "--deed", "owner-change"], "did you mean `owner-changed`?"),
        (["audit", "--desk", "--deed", "key-added"], "it is one of `audit`."),
        (["audit", "--deed", "taken-over"], "it is one of `audit --desk`."),
        (["ticket", "list", "--limit", "-5"], "The value '-5' is invalid for '--limit <limit>'"),
        (["ticket", "list", "--patience", "-1"], "--patience is more than 0"),
        (
            ["node", "--name", "n", "--line", "l", "--ask", "/bin/true"],
            "--ask, or the same in the file, is of"
        ),
        (
            ["node", "--name", "n", "--line", "l", "--handler", "simulated", "--command", "/bin/true"],
            "--command"
        ),
        (
            ["node", "--name", "n", "--line", "l", "--command", "/bin/true", "--service-ms", "5"],
            "--service-ms, or the same in the file, is of the handler `simulated`"
        ),
    ])
    func `each is an error of its own, with the code of wrong arguments`(
        _ arguments: [String], _ words: String
    ) throws {
        try run(arguments).expectError(64, words)
    }

    @Test func `behind two hyphens nothing is an option`() throws {
        // Else the note would be taken for the value of an option.
        try withFolder { folder in
            try run(["ticket", "note", "1", "--data", folder, "--json", "--", "-5"])
                .expectError(66, "agent.key")
        }
    }
}
