import Foundation
import Keys
import Rig
import Testing
import Tickets

@Suite(.serialized, .timeLimit(.minutes(5)))
struct LifePathTests {
    @Test func `a lead takes a ticket over, and what the holder still does is refused`() throws {
        try withDesk { running in
            // Before the broker, which looks for new keys once a second.
            let lead = try running.run("keys", "add", "lea", "--role", "lead")
            #expect(lead.exitCode == 0, "\(lead.errors)")
            try running.broker()
            _ = try running.submitOne("first")
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            let key = running.desk.keys.keyPath("lea")
            let agent = try running.run("ticket", "take-over", "1", "--reason", "late", "--as", "pavel")
            agent.expectError(77, "not-authorised")
            let taken = try running.run(
                "ticket", "take-over", "1", "--reason", "late", "--key", key, "--as", "lea")
            #expect(taken.exitCode == 0, "\(taken.errors)")
            try running.run("ticket", "reply", "1", "Done.", "--as", "olga").expectError(1, "stale-token")
            #expect(try running.run("ticket", "show", "1", "--key", key, "--as", "lea").exitCode == 0)
            let reply = try running.run("ticket", "reply", "1", "Done.", "--key", key, "--as", "lea")
            #expect(reply.exitCode == 0, "\(reply.errors)")
            let history = try running.run("ticket", "history", "1")
            #expect(history.output.contains("taken-over"), "\(history.output)")
            #expect(history.output.contains("late (before: olga)"), "\(history.output)")
            let acts = try running.run("audit", "--desk", "--json").json()["acts"] as? [[String: Any]] ?? []
            #expect(acts.map { $0["deed"] as? String } == ["taken-over"], "\(acts)")
            #expect(acts.last?["agent"] as? String == "lea" && acts.last?["ticket"] as? Int == 1)
            try running.run("audit", "--desk", "--deed", "taken-over").expect(
                "ticket 1", "lea (lea), lead", "late")
            try running.expectClean()
        }
    }

    @Test func `closing an improvement tells the customers who asked, open and closed`() throws {
        try withDesk { running in
            try running.broker()
            let file = "\(running.desk.folder)/desk.yaml"
            try """
            lines:
              - {name: line-one}
            acknowledgement: {text: "Request {number}.", channels: [web]}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let applied = try running.run("config", "apply", file, "--reason", "customers are written to")
            #expect(applied.exitCode == 0, "\(applied.errors)")
            for body in ["first", "second"] { _ = try running.submitOne(body) }
            for number in ["1", "2"] {
                let set = try running.run("ticket", "set", number, "--feedback", "export")
                #expect(set.exitCode == 0, "\(set.errors)")
            }
            try running.run("feedback", "close", "size", "--text", "Done.").expectError(
                1, "nobody-asked", "nobody has asked under `size`")
            // Topics are told apart by every letter, so who was near is asked.
            for near in ["EXPORT", "exports"] {
                try running.run("feedback", "close", near, "--text", "Done.").expectError(
                    1, "nobody has asked under `\(near)`; did you mean `export`? `switchboard feedback` lists"
                )
            }
            #expect(try running.run("feedback", "close", "export").exitCode == 64)
            let told = try running.run(
                "feedback", "close", "export", "--text", "You can export now.", "--as", "olga", "--json")
            #expect(told.exitCode == 0, "\(told.errors)")
            #expect(try told.json()["told"] as? Int == 1, "one customer, two tickets")
            try running.run("feedback", "close", "export", "--text", "Again.").expectError(
                1, "nobody-asked", "all who had asked were told")
            try running.wait("the view has it") {
                try running.run("ticket", "show", "2").output.contains("You can export now.")
            }
            let history = try running.run("ticket", "history", "2")
            #expect(history.output.contains("improved"), "\(history.output)")
            let topics = try running.run("feedback", "--json").json()["topics"] as? [[String: Any]]
            #expect(topics?.first?["open"] as? Int == 0)
            #expect((topics?.first?["closings"] as? [[String: Any]])?.first?["told"] as? Int == 1)
            try running.run("feedback").expect("export", "TOLD")
            try running.expectClean()
        }
    }

    @Test func `what is set on a ticket is shown, and a merged one answers with where it went`() throws {
        try withDesk { running in
            try running.broker()
            for body in ["first", "second", "third"] { _ = try running.submitOne(body) }
            let set = try running.run(
                "ticket", "set", "1", "--priority", "urgent", "--tag", "vip", "--field", "order=4711",
                "--feedback", "checkout", "--join", "warehouse", "--link", "3")
            #expect(set.exitCode == 0, "\(set.errors)")
            #expect(try running.run("ticket", "draft", "1", "Dear customer", "--as", "olga").exitCode == 0)
            let merge = try running.run("ticket", "merge", "2", "--into", "1")
            #expect(merge.exitCode == 0, "\(merge.errors)")
            #expect(merge.output.contains("ticket 1"))
            #expect(!merge.errors.contains("gets no answer"), "\(merge.errors)")
            try running.run(
                "submit", "--channel", "chat", "--customer", "other@example.org", "--subject", "Me, too",
                "--body", "It is mine, too."
            ).expect("Ticket 4")
            try running.wait("the view has it") {
                try running.run("ticket", "show", "4").exitCode == 0
            }
            let other = try running.run("ticket", "merge", "4", "--into", "3")
            #expect(
                other.errors.contains("was of other@example.org, who is heard in ticket 3"),
                "\(other.errors)")
            try running.run("ticket", "merge", "1", "--into", "2").expectError(1, "merged")
            let why = try running.run("ticket", "why", "2")
            #expect(why.output.contains("Ticket 2 was merged into 1"), "\(why.output)")
            let follow = try running.run("submit", "--ticket", "2", "--body", "Hello?", "--json")
            #expect(try follow.json()["ticket"] as? Int == 1, "\(follow.errors)")
            let split = try running.run(
                "ticket", "split", "1", "--subject", "Invoice", "--body", "It is wrong.", "--json")
            #expect(try split.json()["ticket"] as? Int == 5, "\(split.errors)")
            // An answer's change is in the view a moment later.
            try running.wait("the view has it") {
                let shown = try running.run("ticket", "show", "1", "--json").json()
                return (shown["links"] as? [[String: Any]])?.count == 3
            }
            let shown = try running.run("ticket", "show", "1", "--json", "--as", "pavel").json()
            #expect(shown["priority"] as? String == "urgent")
            #expect(shown["tags"] as? [String] == ["vip"])
            #expect(shown["feedback"] as? String == "checkout")
            #expect(shown["participants"] as? [String] == ["warehouse"])
            #expect((shown["drafts"] as? [[String: Any]])?.first?["text"] as? String == "Dear customer")
            let words = (shown["links"] as? [[String: Any]])?.compactMap { $0["what"] as? String }
            #expect(words == ["related", "merged-from", "split-into"])
            #expect((shown["present"] as? [[String: Any]])?.isEmpty == false)
            let topics = try running.run("feedback", "--json").json()["topics"]
            #expect((topics as? [[String: Any]])?.first?["topic"] as? String == "checkout")
            // A sign and an accent on it are one character for a reader, and a formula for a spreadsheet.
            let formula = "=\u{301}1+1"
            #expect(try running.run("ticket", "set", "1", "--feedback", formula).exitCode == 0)
            #expect(try running.run("feedback", "--csv").output.contains("\n'\(formula),1"))
            try running.expectClean()
        }
    }
}
