import Foundation
import Rig
import Testing

/// What a desk knows of a customer, in one place.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct CustomerCommandTests {
    @Test func `tickets of all channels, first and last contact, repeats and feedback`() throws {
        try withDesk { running in
            try running.broker()
            for (channel, customer, subject) in [
                ("mail", "anna", "Refund"), ("mail", "ben", "Refund"), ("chat", "anna", "Refund"),
                ("mail", "anna", "Refund"), ("mail", "anna", "Shoes"), ("phone", "+49 1", "\u{1B}[2JRefund"),
            ] {
                let sent = try running.run(
                    "submit", "--channel", channel, "--customer", customer, "--subject", subject, "--body",
                    "b")
                #expect(sent.exitCode == 0, "\(sent.errors)")
            }
            for arguments in [
                ["set", "1", "--feedback", "checkout"], ["set", "4", "--feedback", "checkout"],
                ["set", "5", "--spam", "--reason", "test"], ["claim", "1"], ["resolve", "1", "Done."],
            ] {
                let outcome = try running.desk.run(["ticket"] + arguments + ["--as", "olga"])
                #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
            }
            // They write again about their first ticket, which is the last word of all.
            let again = try running.run(
                "submit", "--channel", "mail", "--customer", "anna", "--subject", "", "--body", "and?",
                "--ticket", "1")
            #expect(again.exitCode == 0, "\(again.errors)")

            let report = try running.run("customer", "show", "anna", "--json").json()
            let tickets = try #require(report["tickets"] as? [[String: Any]])
            #expect(tickets.map { $0["number"] as? Int } == [1, 3, 4, 5])
            #expect(report["requests"] as? Int == 3, "spam is listed, and not counted")
            #expect(report["open"] as? [Int] == [1, 3, 4])
            #expect(report["channels"] as? [String] == ["chat", "mail"])
            #expect(report["repeats"] as? [Int] == [4])
            #expect((report["first"] as? [String: Any])?["ticket"] as? Int == 1)
            #expect((report["last"] as? [String: Any])?["ticket"] as? Int == 1)
            let feedback = try #require(report["feedback"] as? [[String: Any]])
            #expect(feedback.map { $0["tickets"] as? [Int] } == [[1, 4]])

            // Whoever opens a ticket sees it, too.
            let fourth = try running.run("ticket", "show", "4", "--json").json()
            let profile = try #require(fourth["profile"] as? [String: Any])
            #expect(profile["others"] as? Int == 2 && profile["open"] as? [Int] == [1, 3])
            #expect(profile["isRepeat"] as? Bool == true)
            let third = try running.run("ticket", "show", "3")
            #expect(third.output.contains("2 other requests of this customer, open: 1, 4"), "\(third.output)")

            let both = try running.run("customer", "show", "anna", "+49 1", "anna")
            #expect(
                both.output.contains("4 requests by chat, mail, phone; 4 open: 1, 3, 4, 6"), "\(both.output)")
            #expect(both.output.contains("1 again about the same thing: 4"), "\(both.output)")
            #expect(both.output.contains("(spam)") && !both.output.contains("\u{1B}"), "\(both.output)")
            // As the desk compares them: who is written otherwise is the same customer.
            let capital = try running.run(
                "submit", "--channel", "mail", "--customer", "ANNA", "--subject", "Refund", "--body", "b")
            #expect(capital.exitCode == 0)
            let all =
                try running.run("customer", "show", "Anna", "--json").json()["tickets"] as? [[String: Any]]
            #expect(all?.map { $0["number"] as? Int } == [1, 3, 4, 5, 7])
            #expect(
                try running.run("ticket", "show", "7").output.contains("3 other requests of this customer"))
            try running.run("customer", "show", "ann").expectError(1, "nobody wrote as ann")
            try running.expectClean()
        }
    }

    @Test func `what the desk made out of a customer's ticket is not their word`() throws {
        try withDesk { running in
            try running.broker()
            _ = try running.submitOne()
            for cause in [[], ["--part"]] {
                let split =
                    ["ticket", "split", "1", "--subject", "t", "--body", "Of the same letter."] + cause
                #expect(try running.desk.run(split).exitCode == 0)
            }
            func last() throws -> Int? {
                let report = try running.run("customer", "show", "c", "--json").json()
                return (report["last"] as? [String: Any])?["ticket"] as? Int
            }
            #expect(try last() == 1)
            #expect(try running.submitOne("again").exitCode == 0)
            #expect(try running.run("ticket", "set", "4", "--parent", "1").exitCode == 0)
            #expect(try last() == 4, "that they wrote themselves, whatever it became a part of")
            #expect(try running.run("submit", "--ticket", "2", "--body", "Yes.").exitCode == 0)
            #expect(try last() == 2, "what they write to a ticket that was split off is theirs")
        }
    }
}
