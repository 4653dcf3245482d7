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
}
