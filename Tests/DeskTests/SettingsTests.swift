import Desk
import Testing
import Tickets

@Suite struct SettingsTests {
    @Test func `the default desk has two lines, no flaw, and bounds that agree`() {
        let settings = DeskSettings()
        settings.limits.check()
        #expect(settings.flaws.isEmpty)
        #expect(settings.lines.map(\.name) == ["line-one", "line-two"])
        #expect(settings.line("line-one")?.next == "line-two")
        #expect(settings.line("line-two")?.next == nil)
        #expect(settings.line("line-three") == nil)
    }

    @Test func `a desk without a line stops the start`() async {
        await #expect(processExitsWith: .failure) { _ = DeskSettings(lines: []) }
    }

    @Test func `every flaw is told, with its place and what may have been meant`() {
        func flaws(_ lines: [LineSettings]) -> [SettingsFlaw] { DeskSettings(lines: lines).flaws }
        #expect(flaws([LineSettings(name: "a"), LineSettings(name: "a")]).map(\.place) == ["lines.1.name"])
        #expect(flaws([LineSettings(name: "a", next: "a")]).map(\.place) == ["lines.0.next"])
        let unknown = flaws([
            LineSettings(name: "line-one", next: "line-tow"), LineSettings(name: "line-two"),
        ])
        #expect(unknown.map(\.place) == ["lines.0.next"])
        #expect(unknown[0].reason.contains("did you mean `line-two`?"))
        var bad = LineSettings(name: "a")
        (bad.leaseMilliseconds, bad.ownerWaitMilliseconds) = (19, -1)
        bad.headStartMilliseconds[3] = -1
        #expect(
            flaws([bad]).map(\.place) == ["lines.0.lease", "lines.0.owner-wait", "lines.0.head-start.urgent"])
        let many = (0...Limits().linesMax).compactMap { Name("line-\($0)") }.map { LineSettings(name: $0) }
        #expect(flaws(many).map(\.place) == ["lines"])
        #expect(flaws(many.dropLast()).isEmpty)
    }

    @Test func `a circle of lines is told once, wherever one enters it`() {
        let settings = DeskSettings(lines: [
            LineSettings(name: "in", next: "a"), LineSettings(name: "a", next: "b"),
            LineSettings(name: "b", next: "c"), LineSettings(name: "c", next: "a"),
            LineSettings(name: "x", next: "y"), LineSettings(name: "y", next: "x"),
        ])
        #expect(settings.flaws.map(\.place) == ["lines.1.next", "lines.4.next"])
        #expect(settings.flaws[0].reason.contains("a → b → c → a"))
    }

    @Test func `what is wrong with how tickets live is told at its place`() {
        func flaws(_ change: (inout LifeSettings) -> Void) -> [String] {
            var settings = DeskSettings()
            change(&settings.life)
            return settings.flaws.map(\.place)
        }
        #expect(flaws { $0.closesAfterMilliseconds = 999 } == ["closes-after"])
        #expect(flaws { $0.kinds = [KindSettings(name: "a"), KindSettings(name: "a")] } == ["kinds.1"])
        #expect(flaws { $0.kinds = [KindSettings(name: "a", checklist: [""])] } == ["kinds.0"])
        #expect(flaws { $0.deputies = [Deputy(owner: "ann", deputy: "ann")] } == ["deputies.ann"])
        let two = [Deputy(owner: "ann", deputy: "ben"), Deputy(owner: "ann", deputy: "eve")]
        #expect(flaws { $0.deputies = two } == ["deputies.ann"])
        #expect(flaws { $0.deputies = [Deputy(owner: "ann", deputy: "ben")] }.isEmpty)
    }
}
