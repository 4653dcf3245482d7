import Tickets

/// Rules about whole files, folders and the package.
enum FileRules {
    static let linesMax = 400

    static func tooLong(_ file: SourceFile) -> Finding? {
        guard !file.isGenerated, file.lines.count - 1 > linesMax else { return nil }
        return Finding(
            path: file.path, line: linesMax + 1,
            message: "\(file.lines.count - 1) lines; split it by idea, at most \(linesMax)")
    }

    /// Names at the top level that do not belong there.
    static func strangers(atTop names: [String]) -> [Finding] {
        let fixed: Set = ["Package.swift", "Sources", "Tests", "Cluster", "Loadtest", "README.md"]
        // Made by the package manager and ignored by git.
        let made: Set = ["Package.resolved"]
        return names.filter { !fixed.contains($0) && !made.contains($0) }.map {
            Finding(path: $0, line: 1, message: "the top level is fixed; put it into a folder below")
        }
    }

    /// Files in a target's folder that are not Swift, or are empty.
    static func strangers(inTargets paths: [String], _ text: (String) -> String?) -> [Finding] {
        // The system library's header and map, the schemas, and the page beside them.
        let allowed = [".h", ".modulemap", ".proto", "/Protocol.md"]
        return paths.filter { $0.hasPrefix("Sources/") }.compactMap { path in
            if allowed.contains(where: path.hasSuffix) || isResource(path) { return nil }
            guard path.hasSuffix(".swift") else {
                return Finding(path: path, line: 1, message: "not a Swift file; move it out of the target")
            }
            let isEmpty = text(path)?.utf8.allSatisfy { $0 == 0x20 || $0 == 0x0a } != false
            return isEmpty ? Finding(path: path, line: 1, message: "an empty file; remove it") : nil
        }
    }

    private static func isResource(_ path: String) -> Bool {
        path.contains("/Resources/") || path.contains("/Documentation.docc/")
    }

    /// Imports of our own modules that do not point to a lower level.
    static func imports(_ file: SourceFile, _ package: PackageLevels) -> [Finding] {
        guard let target = package.target(of: file.path) else { return [] }
        return file.code.enumerated().compactMap { index, line in
            guard let module = importedModule(line), module != target,
                let theirs = package.levels[module], let ours = package.levels[target], theirs >= ours
            else { return nil }
            return Finding(
                path: file.path, line: index + 1,
                message: "\(target) imports \(module), which is not below it; move what both need down")
        }
    }

    private static func importedModule(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count else { return nil }
        let before: Set = [
            "@testable", "package", "public", "internal", "private", "fileprivate", "@preconcurrency",
        ]
        guard words[..<index].allSatisfy(before.contains) else { return nil }
        return words[index + 1]
    }

    /// Error numbers used twice, and words that the protocol page does not list.
    static func errorCodes(_ codes: [(number: UInt32, word: String)], page: String?) -> [Finding] {
        let path = "Sources/Wire/Protocol.md"
        guard let page, !page.isEmpty else {
            return [
                Finding(path: path, line: 1, message: "the page is empty; write it, with every error in it")
            ]
        }
        var seen: Set<UInt32> = []
        return codes.compactMap { code in
            guard seen.insert(code.number).inserted else {
                return Finding(
                    path: path, line: 1, message: "error \(code.number) twice; numbers are never reused")
            }
            guard page.contains(code.word), page.contains(String(code.number)) else {
                return Finding(
                    path: path, line: 1,
                    message: "error \(code.number) \(code.word) is not listed; describe it")
            }
            return nil
        }
    }
}

/// The order of the package's targets, lowest first, as Package.swift lists them.
struct PackageLevels: Sendable {
    /// A target may import those with a smaller level. Adapters that stand side by side share one.
    var levels: [String: Int] = [:]
    private var folders: [(folder: String, target: String)] = []

    /// Which may stand beside each other without seeing each other.
    private static let order: [[String]] = [
        ["CSQLite", "CZeroMQ", "CEpoll", "Tickets", "ProtoBytes", "Randomness"], ["Promises"],
        ["Desk", "ZeroMQ", "Peers"],
        ["Wire", "Keys", "Scenarios", "Figures", "Imports", "Faults"],
        ["Storage", "Rehearsal"],
        ["StorageSQLite", "StoragePostgres"],
        ["Client", "PowerCuts"], ["Broker", "Node", "Coordinator", "Web", "Rig", "FaultProxy"],
        ["Simulation", "Fuzzing"],
        ["switchboard", "loadtest", "killrig", "faultrig", "crashpoints", "fuzz"],
    ]

    init() {
        for (level, names) in Self.order.enumerated() {
            for name in names {
                levels[name] = level
                folders.append(("Sources/\(name)/", name))
            }
        }
        folders.append(("Tests/Kits/Rig/", "Rig"))
        folders.append(("Tests/Kits/Fuzzing/", "Fuzzing"))
        folders.append(("Tests/Fuzz/", "fuzz"))
        folders.append(("Loadtest/Sources/", "loadtest"))
        folders.append(("Loadtest/Model/", "Scenarios"))
        folders.append(("Loadtest/Peers/", "Peers"))
        folders.append(("Cluster/faults/killrig/", "killrig"))
        folders.append(("Cluster/faults/crashpoints/Model/", "PowerCuts"))
        folders.append(("Cluster/faults/crashpoints/Command/", "crashpoints"))
        folders.append(("Cluster/faults/Model/", "Faults"))
        folders.append(("Cluster/faults/Proxy/", "FaultProxy"))
        folders.append(("Cluster/faults/faultrig/", "faultrig"))
    }

    func target(of path: String) -> String? {
        folders.first { path.hasPrefix($0.folder) }?.target
    }

    /// Folders of Sources that no level is known for.
    func unknownFolders(_ paths: [String]) -> [String] {
        let names = paths.filter { $0.hasPrefix("Sources/") }.compactMap { path in
            path.split(separator: "/").dropFirst().first.map(String.init)
        }
        return Set(names).filter { levels[$0] == nil }.sorted()
    }
}
