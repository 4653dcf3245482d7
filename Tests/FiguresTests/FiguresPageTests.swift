import Desk
import Figures
import Foundation
import Promises
import Testing
import Tickets

/// The page that says what each figure means, against the figures that there are.
struct FiguresPageTests {
    @Test func `every figure and every grouping is on the page`() throws {
        let path = #filePath.replacing(
            "Tests/FiguresTests/FiguresPageTests.swift", with: "Sources/Figures/Documentation.docc/Figures.md"
        )
        let page = try String(contentsOfFile: path, encoding: .utf8)
        for grouping in ReportGrouping.allCases { #expect(page.contains("`\(grouping.rawValue)`")) }
        var fold = FiguresFold()
        fold.follow(
            Record(
                position: Position(1), at: .zero, author: Author(role: .client, key: "web"), command: nil,
                event: .submitted(
                    TicketNumber(1), line: "line-one",
                    Submission(channel: "web", customer: "c", subject: "s", body: "b"))))
        let question = Report.Question(
            by: [.all], accepted: .zero..<Moment.distantFuture, policy: .standard, zone: .utc)
        let row = try #require(Report(fold, question).rows.first)
        let figures = Mirror(reflecting: row).children.compactMap(\.label)
        let outcomes = Mirror(reflecting: row.resolution).children.compactMap(\.label)
        #expect(figures.count > 12 && outcomes.count > 4)
        for figure in Set(figures).union(outcomes).subtracting(["grouping", "key", "spans"]) {
            let name = figure.replacing("Milliseconds", with: "Ms")
            #expect(page.contains("`\(name)`"), "\(name) is not explained")
        }
    }
}
