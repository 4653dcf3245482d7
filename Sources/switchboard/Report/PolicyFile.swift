import Figures
import Foundation
import Promises
import Tickets
import Yams

/// What was promised, when the desk is open and who works when, as the YAML file of `report --policy` says it: a desk's
/// file, or those parts of one; and `shifts`.
struct PolicyFile {
    private(set) var promises = PolicyHistory()
    /// In order of name.
    private(set) var shifts: [Shift] = []

    /// - Throws: The first of what is wrong in the file.
    init(_ path: String) throws {
        let report = FileReport()
        let text = try TextFile.read(path)
        do {
            if let node = try compose(yaml: text), let file = FileSection(node, "", report) { read(file) }
        } catch {
            report.add(error)
        }
        if let first = report.findings.first { throw Failure(.usage, "\(path):\(first.text)") }
    }

    private mutating func read(_ file: FileSection) {
        var file = file
        if file.keys.contains("lines") {
            if let settings = DeskFile.settings(&file) { promises = PolicyHistory(settings) }
        } else {
            let hours = HoursFile.hours(&file)
            promises = PolicyHistory(HoursFile.promises(&file, hours, []), zone: hours.zone)
        }
        shifts = HoursFile.shifts(&file)
        file.finish()
    }
}

extension ZoneOffsets {
    /// A zone of the system, from 1990 until 2100.
    init(_ zone: TimeZone) {
        let start = Date(timeIntervalSince1970: 631_152_000)
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        var changes: [Change] = []
        var last = zone.secondsFromGMT(for: start)
        var date = start
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
            let offset = zone.secondsFromGMT(for: next)
            if offset != last {
                let moment = Moment(milliseconds: Int64(next.timeIntervalSince1970 * 1_000))
                changes.append(Change(at: moment, offset: Int64(offset) * 1_000))
                last = offset
            }
            date = next
        }
        self.init(
            name: zone.identifier, firstOffset: Int64(zone.secondsFromGMT(for: start)) * 1_000,
            changes: changes)
    }
}
