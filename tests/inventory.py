#!/usr/bin/env python3
"""Writes a plausible fictional inventory of infrastructure with N components in its topology.

    tests/inventory.py N DIR [SEED]

Components as an election body has them: a head office and a second data centre with networks, firewalls, servers
that carry virtual servers, cloud services, CDN, DDoS protection, backups; from some 40 components on also
provincial offices, each with its own network, firewall and servers. Data flow from the collectors through the
writer to replicas, portal and backups. For looking at diagrams (docs/format/infra.md) and for tests of them."""
import json
import os
import random
import sys

PROVINCES = ("Aceh Sumatera-Utara Sumatera-Barat Riau Jambi Sumatera-Selatan Bengkulu Lampung Banten Jawa-Barat Jawa-Tengah "
             "DI-Yogyakarta Jawa-Timur Bali NTB NTT Kalimantan-Barat Kalimantan-Tengah Kalimantan-Selatan Kalimantan-Timur "
             "Sulawesi-Utara Sulawesi-Tengah Sulawesi-Selatan Maluku Papua").split()
VM_ROLES = ["penerima formulir", "pembaca foto", "portal", "pemantau", "antrean", "basis data", "penayang", "saksi", "penyalin", "uji"]


def main():
    n, out = int(sys.argv[1]), sys.argv[2]
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    doc = {"format": "rekap-infra-1",
           "inventory": {"name": f"Contoh {n} komponen", "body": "KPU (contoh)", "version": "1", "fictional": True}}
    for k in "sites servers vms services contracts networks cdns ddos firewalls backups operators data flows".split():
        doc[k] = []
    count = {"n": 0, "id": 0}

    def add(section, name, drawn=True, **fields):
        if drawn:
            if count["n"] >= n:
                return None
            count["n"] += 1
        count["id"] += 1
        ident = f"{section[:2]}-{count['id']}"
        record = {"id": ident}
        if section not in ("flows", "contracts"):
            record["name"] = {"open": name}
        record.update({k: {"open": v} for k, v in fields.items() if v not in (None, [], [None])})
        doc[section].append(record)
        return ident

    data = [add("data", d, False, **{"class": "terbuka"}) for d in ("catatan", "foto formulir", "hasil", "akun petugas")]
    sites = [("Pusat data utama", "DKI Jakarta", "Jakarta")]
    if n >= 20:
        sites.append(("Pusat data kedua", "Kepulauan Riau", "Batam"))
    if n >= 40:
        sites += [(f"Kantor {p.replace('-', ' ')}", p.replace("-", " "), p.replace("-", " ")) for p in PROVINCES[:max(1, n // 20)]]
    site_ids = [add("sites", s, False, province=p, city=c) for s, p, c in sites]
    main_site = site_ids[0]
    lan = add("networks", "Jaringan dalam", purpose="antar server", site=main_site)
    writer = add("servers", "Server penulis", site=main_site, networks=[lan], role="penulis", data=[data[0]])
    wall = add("firewalls", "Tembok api tepi", site=main_site, protects=[lan])
    portal = add("vms", "Portal", host=writer, role="portal", networks=[lan])
    backup = add("backups", "Cadangan harian", of=[writer], site=site_ids[-1] if n < 20 else site_ids[1])
    ends, collectors = [x for x in (portal, backup) if x], []
    if n >= 20:
        public = add("networks", "Jaringan publik", purpose="portal dan API", site=main_site, networks=[lan])
        cdn = add("cdns", "Distribusi konten", provider="PT Awan Contoh", origin=[portal])
        add("ddos", "Pembersih lalu lintas", provider="PT Jaringan Contoh", protects=[public])
        store = add("services", "Penyimpanan objek", provider="PT Awan Contoh", networks=[public])
        lan2 = add("networks", "Jaringan dalam kedua", site=site_ids[1], networks=[lan])
        replica = add("servers", "Server replika", site=site_ids[1], networks=[lan2], role="replika")
        ends += [x for x in (cdn, store, replica) if x]
    lans = {site_ids[0]: lan}
    if n >= 20:
        lans[site_ids[1]] = lan2
    hosts = []
    turn = 0
    while count["n"] < n:
        site = site_ids[turn % len(site_ids)]
        turn += 1
        if site not in lans:
            lans[site] = add("networks", f"Jaringan {sites[site_ids.index(site)][0]}", site=site, networks=[lan])
            add("firewalls", f"Tembok api {sites[site_ids.index(site)][0]}", site=site, protects=[lans[site]])
            continue
        host = add("servers", f"Server induk {len(hosts) + 1}", site=site, networks=[lans[site]], role="induk", data=[data[1]])
        hosts.append(host)
        for _ in range(rng.randint(2, 5)):
            role = rng.choice(VM_ROLES)
            vm = add("vms", f"{role.capitalize()} {count['n']}", host=host, role=role, networks=[lans[site]])
            if vm and role in ("penerima formulir", "pembaca foto"):
                collectors.append(vm)
    for c in collectors:
        add("flows", "", False, **{"from": c, "to": writer}, data=[data[1]], protocol="HTTPS", encryption="TLS 1.3")
    for e in ends:
        if e:
            add("flows", "", False, **{"from": writer, "to": e}, data=[data[0] if e != portal else data[2]], protocol="HTTPS")
    assert count["n"] == n, count
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "inventaris.json"), "w", encoding="utf-8") as f:
        json.dump(doc, f, indent=1)


main()
