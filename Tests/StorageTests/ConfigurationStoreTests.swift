import Desk
import Storage
import Testing
import Tickets

@Suite struct ConfigurationStoreTests {
    private static let wanted = DeskSettings(lines: [
        LineSettings(name: "line-one", next: "line-two", leaseMilliseconds: 77_000),
        LineSettings(name: "line-two"),
        LineSettings(name: "claims"),
    ])

    /// The log of a desk that was configured twice, and goes on.
    private func configured() -> SmallLog {
        var log = SmallLog()
        for version in 1...2 as ClosedRange<UInt64> {
            log.add(
                .configured(
                    Configuration(
                        version: version, settings: Self.wanted, source: "text \(version)", reason: "r")),
                .desk)
        }
        log.submit(6)
        return log
    }

    @Test func `a desk comes back with the settings of its log, from the log alone and from a snapshot`()
        throws
    {
        let store = try configured().stored()
        let whole = try Recovery.loadDesk(from: store, settings: History.settings)
        #expect(whole.desk.settings == Self.wanted.asRun(by: History.settings))
        #expect(whole.desk.version == 2 && whole.desk.configuration?.source == "text 2")
        try store.openSnapshots().save(whole.desk)
        let fromSnapshot = try Recovery.loadDesk(from: store, settings: History.settings)
        #expect(fromSnapshot.snapshot == whole.desk.position)
        #expect(fromSnapshot.desk.settings == whole.desk.settings)
        #expect(fromSnapshot.desk.configuration == whole.desk.configuration)
        #expect(fromSnapshot.desk.configurations == whole.desk.configurations)
        #expect(try Verifier.verify(store, settings: History.settings).ok)
    }

    @Test func `a log from before there were configurations has the settings of the start`() throws {
        let desk = try Recovery.loadDesk(from: SmallLog().stored(), settings: History.settings).desk
        #expect(desk.settings == History.settings)
        #expect(desk.version == 0 && desk.configurations.isEmpty)
    }
}
