import Foundation
import Rig
import Testing

/// `submit`: what becomes of a request is said, and of a table each line that is wrong.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SubmitCommandTests {
    private func submit(_ running: RunningDesk, csv: String, _ options: [String] = []) throws -> Outcome {
        let path = "\(running.desk.folder)/requests.csv"
        try Data(csv.utf8).write(to: URL(fileURLWithPath: path))
        return try running.desk.run(["submit", "--csv", path] + options)
    }

    @Test func `a table's wrong lines are refused by number, and the others go in`() throws {
        try withDesk { running in
            try running.broker()
            let outcome = try submit(
                running,
                csv: """
                    \u{FEFF}customer;subject;body;channel

                    ann;"Two
                    lines; and ""quotes""\";A 5" screen;web
                    ben;surplus;body;web;and more
                    cy;short
                    dan; spaces ; "in front" ;web;;
                    eve;bad channel;body;a b
                    """, ["--channel", "mail", "--body", "none"])
            #expect(outcome.exitCode == 1, "\(outcome.errors)")
            #expect(outcome.output == "3 accepted, 2 refused\n")
            #expect(outcome.errors.contains("line 5: there are 5 values for 4 columns"), "\(outcome.errors)")
            #expect(outcome.errors.contains("line 8: `channel` must be"), "\(outcome.errors)")
            var texts: [[String?]] = []
            for number in 1...3 {
                let ticket = try running.run("ticket", "show", "\(number)", "--json").json()
                let entries = ticket["entries"] as? [[String: Any]]
                texts.append([
                    ticket["customer"] as? String, ticket["channel"] as? String, ticket["subject"] as? String,
                    entries?.first?["text"] as? String,
                ])
            }
            #expect(
                texts == [
                    ["ann", "web", "Two\nlines; and \"quotes\"", "A 5\" screen"],
                    ["cy", "mail", "short", "none"], ["dan", "web", "spaces ", "in front"],
                ])
        }
    }

    @Test(arguments: [
        ("ann,\"s,b\nben,s,b\n", "line 2: a quote opens a value here, and nothing closes it"),
        (
            "ann,\"s,b\nben,\"t\",c\n",
            "line 3: there is text behind the closing quote of the value that begins in line 2"
        ),
        ("ann,\"s\" and more,b\n", "line 2: there is text behind the closing quote of the value: write"),
    ])
    func `a table of which nobody can tell the lines is refused as a whole`(
        _ rows: String, _ words: String
    ) throws {
        try withDesk { running in
            try running.broker()
            let outcome = try submit(running, csv: "customer,subject,body\n" + rows)
            outcome.expectError(64, words)
            #expect(!outcome.errors.contains("CSVParseError"))
            #expect(try running.totals()["submitted"] as? Int == 0)
            try submit(running, csv: "customer,subject,body,body\na,s,b,c\n").expectError(
                64, "more than one column `body`")
        }
    }

    @Test func `a message to an open ticket says what it left out, and a new one takes it`() throws {
        try withDesk { running in
            try running.broker()
            _ = try running.submitOne()
            let again = ["submit", "--ticket", "1", "--customer", "c", "--body", "b", "--priority", "high"]
            let open = try running.desk.run(again + ["--kind", "k", "--subject", "Besides", "--json"])
            #expect(try open.json()["leftOut"] as? [String] == ["kind", "priority"], "\(open.errors)")
            #expect(open.errors.contains("left out --kind, --priority"), "\(open.errors)")
            try running.wait("the view has it") {
                try running.run("ticket", "show", "1").output.contains("Besides")
            }
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            #expect(try running.run("ticket", "merge", "1", "--into", "1").exitCode != 0)
            let said = try running.desk.run(again)
            #expect(said.output == "Ticket 1: message added.\n" && said.errors.contains("--priority"))
            let elsewhere = try running.desk.run(again.dropLast(2) + ["--channel", "phone"])
            #expect(elsewhere.exitCode == 0 && elsewhere.errors.contains("left out --channel;"))
            let plain = try running.run("submit", "--ticket", "1", "--body", "b")
            #expect(plain.exitCode == 0 && plain.errors.isEmpty, "\(plain.errors)")
        }
    }

    @Test func `a request that joins a ticket says so, whether somebody has it or not`() throws {
        try withDesk { running in
            let file = "\(running.desk.folder)/desk.yaml"
            try "lines: [{name: line-one}]\njoin-within: 1h".write(
                toFile: file, atomically: true, encoding: .utf8)
            running.desk.brokerArguments = ["--desk", file]
            try running.broker()
            #expect(try running.submitOne("first").output == "Ticket 1: submitted.\n")
            for text in ["second", "third"] {
                let again = try running.submitOne(text)
                #expect(again.output == "Ticket 1: it is open already, and this request joined it.\n")
                _ = try running.run("ticket", "claim", "1", "--as", "olga")
            }
        }
    }

    @Test func `what a customer answers to a letter joins its ticket by the letter's Message-ID`() throws {
        try withDesk { running in
            try running.broker()
            _ = try running.submitOne()
            for deed in [["claim", "1"], ["note", "1", "internal"], ["reply", "1", "Which\u{1B} one?"]] {
                #expect(try running.desk.run(["ticket"] + deed + ["--as", "olga"]).exitCode == 0)
            }
            var report: [String: Any] = [:]
            try running.wait("the view has the letter") {
                report = try running.run("outbox", "--json").json()
                return (report["letters"] as? [Any])?.isEmpty == false
            }
            let letters = try #require(report["letters"] as? [[String: Any]])
            let letter = try #require(letters.first)
            #expect(letters.count == 1 && report["more"] as? Bool == false, "no note is among them")
            #expect(letter["messageID"] as? String == "<1.1@switchboard>")
            #expect(letter["customer"] as? String == "c" && letter["text"] as? String == "Which\u{1B} one?")
            let table = try running.run("outbox")
            #expect(table.output.contains("<1.1@switchboard>  1       web      c"), "\(table.output)")
            #expect(!table.output.contains("\u{1B}"))
            #expect(try running.run("outbox", "--after", "1", "--json").json()["letters"] as? [String] == [])

            func answer(_ header: String, _ customer: String = "c") throws -> Outcome {
                try running.run(
                    "submit", "--channel", "web", "--customer", customer, "--subject", "Re: s", "--body", "b",
                    "--in-reply-to", header)
            }
            #expect(try answer(" <a@b>\r\n\t<1.1@switchboard>").output == "Ticket 1: message added.\n")
            let stranger = try answer("<1.1@switchboard>", "mallory")
            #expect(stranger.output == "Ticket 2: it goes on here from ticket 1.\n", "\(stranger.output)")
            for (header, number) in [("<x\u{1B}@mail>", 3), ("<1.99@switchboard>", 4)] {
                let other = try answer(header)
                #expect(other.output == "Ticket \(number): submitted.\n", "\(other.output)")
                #expect(
                    other.errors.contains("is no Message-ID of this desk") && !other.errors.contains("\u{1B}")
                )
            }
            let none = try answer("")
            #expect(none.output == "Ticket 5: submitted.\n" && none.errors.isEmpty, "\(none.errors)")

            let lines = [
                "\"inReplyTo\":\"<1.1@switchboard>\"", "\"inReplyTo\":\"<x@mail>\"", "\"inReplyTo\":\"\"",
                "\"ticket\":1,\"inReplyTo\":\"<1.1@switchboard>\"",
            ].map { "{\"channel\":\"web\",\"customer\":\"c\",\"subject\":\"\",\"body\":\"b\",\($0)}\n" }
            let batch = try running.run("submit", "--jsonl", "-", "--json", input: lines.joined())
            let outcome = try batch.json()
            #expect(outcome["accepted"] as? Int == 3 && outcome["refused"] as? Int == 1, "\(outcome)")
            #expect(outcome["firstTicket"] as? Int == 1 && outcome["lastTicket"] as? Int == 7)
            #expect(
                outcome["citingStrangers"] as? Int == 1 && batch.errors.contains("`inReplyTo` of 1 of them"))
            #expect(batch.errors.contains("line 4: `ticket` and `inReplyTo` both say"), "\(batch.errors)")
            try running.expectClean()
        }
    }

    @Test func `an agent brings a request in under their name with their key`() throws {
        try withDesk { running in
            try running.broker()
            let request = ["submit", "--customer", "c", "--subject", "s", "--body", "b", "--as", "olga"]
            try running.desk.run(request).expectError(77, "may not speak for olga")
            let key = "\(running.desk.folder)/keys/agent.key"
            #expect(try running.desk.run(request + ["--key", key]).exitCode == 0)
            let history = try running.run("ticket", "history", "1", "--json").json()
            let events = history["events"] as? [[String: Any]] ?? []
            #expect(events.first?["agent"] as? String == "olga")
        }
    }
}
