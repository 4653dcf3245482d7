import Foundation
import Rig
import Testing

/// A desk that helps another one out, both of real processes.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ForwardTests {
    private func forwarding(from shop: RunningDesk, to partner: RunningDesk, wait: String) throws {
        let arguments = [
            "forward", "--from", "shop", "--to", "partner", "--wait", wait, "--data", partner.desk.folder,
        ]
        try shop.node(
            "helper", line: "line-one", seats: 2,
            ["--handler", "exec", "--command", shop.desk.program, "--timeout-ms", "120000"]
                + arguments.map { "--argument=\($0)" })
    }

    private func ticket(_ desk: RunningDesk, _ number: Int = 1) throws -> [String: Any] {
        let shown = try desk.run("ticket", "show", "\(number)", "--json")
        return shown.exitCode == 0 ? try shown.json() : [:]
    }

    @Test func `another desk answers a ticket, and its customer writes to one`() throws {
        try withDesk { shop in
            try withDesk { partner in
                try shop.broker()
                let broker = try partner.broker()
                try shop.submitOne("Where is it?")
                _ = try shop.run("ticket", "note", "1", "CANARY-4711", "--as", "ann")
                try forwarding(from: shop, to: partner, wait: "90s")
                try partner.wait("the ticket there") { try ticket(partner)["status"] as? String == "new" }
                #expect(!"\(try ticket(partner))".contains("CANARY"), "a note went to somebody else")

                // The other desk is away for a while, and has the ticket once nevertheless.
                broker.kill()
                try partner.broker()
                #expect(try partner.run("ticket", "claim", "1", "--as", "bob").exitCode == 0)
                #expect(
                    try partner.run("ticket", "resolve", "1", "At the depot.", "--as", "bob").exitCode == 0)
                try shop.wait("the answer here") { try ticket(shop)["status"] as? String == "solved" }
                let solved = try ticket(shop)
                #expect("\(solved["entries"] ?? "")".contains("At the depot."))
                #expect("\(solved["fields"] ?? "")".contains("ticket-at-partner"))

                // What the customer writes next goes to the ticket that is there.
                let again = try shop.run(
                    "submit", "--channel", "web", "--customer", "c", "--subject", "s", "--body", "And now?",
                    "--ticket", "1")
                #expect(again.exitCode == 0, "\(again.errors)")
                try partner.wait("it there again") { try ticket(partner)["status"] as? String == "open" }
                #expect("\(try ticket(partner)["entries"] ?? "")".contains("And now?"))
                #expect(try partner.totals()["submitted"] as? Int == 1)
                try shop.expectClean()
                try partner.expectClean()
            }
        }
    }

    @Test func `what is not answered, in time or at all, is back where it was`() throws {
        try withDesk { shop in
            try withDesk { partner in
                try shop.broker()
                try partner.broker()
                try shop.submitOne()
                try forwarding(from: shop, to: partner, wait: "3s")
                try shop.wait("two claims") { (try ticket(shop)["assignments"] as? Int ?? 0) >= 2 }
                let waiting = try ticket(shop)
                let history = try shop.run("ticket", "history", "1").output
                #expect(waiting["failures"] as? Int == 0, "\(history)")
                #expect(try partner.totals()["submitted"] as? Int == 1)

                // Solved there without a word, which is no answer to the customer here.
                _ = try partner.run("ticket", "claim", "1", "--as", "bob")
                #expect(try partner.run("ticket", "resolve", "1", "--as", "bob").exitCode == 0)
                try shop.wait("a person to look at it") { try ticket(shop)["place"] as? String == "parked" }
                let end = try shop.run("ticket", "history", "1").output
                #expect(end.contains("partner is done with it and has not answered"), "\(end)")
            }
        }
    }

    @Test func `wrong arguments and wrong input`() throws {
        try withDesk { partner in
            try partner.broker()
            let common = ["forward", "--from", "shop", "--to", "partner", "--data", partner.desk.folder]
            try partner.desk.run(common, input: Data("nonsense".utf8)).expectError(64, "no ticket")
            try partner.desk.run(common + ["--wait", "soon"], input: Data()).expectError(64, "90s, 15m or 4h")
        }
    }
}
