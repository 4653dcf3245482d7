import Testing
import Tickets

/// What a machine can check about the sources. A failure says where, what, and what to do instead.
@Suite struct TidyTests {
    private static let project = Project.shared

    @Test func `the sources are found`() {
        #expect(Self.project.sources.count > 50, "the root is \(Self.project.rootPath)")
        #expect(Self.project.sources.contains { $0.path == "Sources/Desk/Desk.swift" })
    }

    @Test(arguments: LineRules.all.indices)
    func `every line keeps the rule`(_ index: Int) {
        report(Self.project.sources.flatMap(LineRules.all[index].findings))
    }

    @Test(arguments: LineRules.all.indices)
    func `each rule fires on its planted line, and neither in a comment nor in a text`(_ index: Int) {
        let rule = LineRules.all[index]
        let planted = SourceFile(path: rule.planted.path, text: rule.planted.text)
        #expect(rule.findings(in: planted).map(\.line) == [1], "\(rule.name)")
        guard rule.name != "unfinished" else { return }
        let comment = SourceFile(path: rule.planted.path, text: "let a = 1 // " + rule.planted.text)
        #expect(rule.findings(in: comment) == [], "\(rule.name)")
        let inside = rule.planted.text.filter { $0 != "\"" }
        let text = SourceFile(path: rule.planted.path, text: "let a = \"" + inside + "\"")
        #expect(rule.findings(in: text) == [], "\(rule.name)")
        let generated = SourceFile(path: "Sources/Wire/a.pb.swift", text: rule.planted.text)
        #expect(rule.findings(in: generated) == [], "\(rule.name)")
    }

    @Test(arguments: ["try?", "try!", "@unchecked", "nonisolated(unsafe)", "Task {", "sleep", "hash order"])
    func `a reason on the line above is accepted`(_ name: String) throws {
        let rule = try #require(LineRules.all.first { $0.name == name })
        let reason = "// There is a reason, and the order does not matter.\n"
        let file = SourceFile(path: rule.planted.path, text: reason + rule.planted.text)
        #expect(rule.findings(in: file) == [])
    }

    @Test func `no file is too long`() {
        report(Self.project.sources.compactMap(FileRules.tooLong))
        let text = String(repeating: "let a = 1\n", count: 401)
        #expect(FileRules.tooLong(SourceFile(path: "Sources/Desk/A.swift", text: text))?.line == 401)
        #expect(FileRules.tooLong(SourceFile(path: "Sources/Wire/a.pb.swift", text: text)) == nil)
        let most = SourceFile(path: "Sources/Desk/A.swift", text: String(text.dropLast(10)))
        #expect(FileRules.tooLong(most) == nil)
    }

    @Test func `the top level holds what it should`() throws {
        report(FileRules.strangers(atTop: try Self.project.topLevel()))
        #expect(
            FileRules.strangers(atTop: ["Sources", "docs", "Makefile"]).map(\.path) == ["docs", "Makefile"])
    }

    @Test func `every file of a target is Swift and has content`() {
        report(FileRules.strangers(inTargets: Self.project.paths, Self.project.text))
        let planted = [
            "Sources/Desk/notes.txt", "Sources/Desk/Empty.swift", "Sources/Wire/switchboard.proto",
        ]
        let found = FileRules.strangers(inTargets: planted) { _ in "\n" }
        #expect(found.map(\.path) == ["Sources/Desk/notes.txt", "Sources/Desk/Empty.swift"])
    }

    @Test func `modules import only what is below them`() {
        let levels = PackageLevels()
        report(Self.project.sources.flatMap { FileRules.imports($0, levels) })
        #expect(
            levels.unknownFolders(Self.project.paths) == [], "give each new module a level in FileRules.swift"
        )
        for (path, line) in [
            ("Sources/Tickets/A.swift", "import Desk"), ("Sources/Desk/A.swift", "package import Wire"),
            ("Sources/Storage/A.swift", "@testable import Broker"), ("Sources/Broker/A.swift", "import Node"),
            ("Sources/Node/A.swift", "import switchboard"), ("Sources/ZeroMQ/A.swift", "import Desk"),
        ] {
            #expect(
                FileRules.imports(SourceFile(path: path, text: line), levels).count == 1, "\(path): \(line)")
        }
        let fine = SourceFile(
            path: "Sources/Broker/A.swift", text: "import Desk\nimport Logging\nimport Tickets")
        #expect(FileRules.imports(fine, levels) == [])
    }

    @Test func `error numbers are unique and the protocol page lists each`() {
        let codes = ErrorCode.allCases.map { (number: $0.rawValue, word: $0.word) }
        report(FileRules.errorCodes(codes, page: Self.project.text("Sources/Wire/Protocol.md")))
        #expect(FileRules.errorCodes([(1, "a"), (1, "b")], page: "1 a b").count == 1)
        #expect(FileRules.errorCodes([(1, "a"), (2, "b")], page: "1 a").count == 1)
        #expect(FileRules.errorCodes([(1, "a")], page: "").count == 1)
        #expect(FileRules.errorCodes([(1, "a")], page: nil).count == 1)
    }

    private func report(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
        for finding in findings { Issue.record("\(finding)", sourceLocation: sourceLocation) }
    }
}
