import ArgumentParser
import Storage
import StorageSQLite
import Tickets

struct RebuildViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild-view", abstract: "Empty the view and fold it from the log again.",
        discussion: "The broker must not run. The log is only read, so nothing can be lost.")

    @OptionGroup var data: DataOptions
    @Flag(help: "Print one JSON object.") var json = false

    private struct Report: Encodable {
        var ok = true
        var events: UInt64
    }

    func run() throws {
        let folder = data.folder
        try folder.require()
        let store = SQLiteStore(folder: folder.path)
        let log = try store.openLogReader()
        let view = try store.openView()
        try view.reset()
        while true {
            let turns = try log.turns(after: view.position, limit: 256)
            guard !turns.isEmpty else { break }
            try view.fold(turns)
            if Terminal.errorIsTerminal { Terminal.write("\r\u{1B}[K\(view.position) events") }
        }
        if Terminal.errorIsTerminal { Terminal.write("\r\u{1B}[K") }
        if json { return try Terminal.say(json: Report(events: view.position.rawValue)) }
        Terminal.say("The view was folded again from \(view.position) events.")
    }
}
