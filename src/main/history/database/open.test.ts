import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CrosstalkError } from '#contract/errors';
import { migrations } from './migrations/index.ts';
import { migrate, openDatabase } from './open.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-open-'));
  file = join(folder, 'crosstalk.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = () => ({ file, maxPages: null, lockWaitMs: 100 });

describe('openDatabase', () => {
  it('brings an empty file to the newest schema, once', () => {
    openDatabase(options()).close();
    const db = openDatabase(options());
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
    const tables = db
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all();
    expect(tables).toEqual([
      'baselines',
      'calls',
      'comparisons',
      'errors',
      'histograms',
      'kept_requests',
      'markers',
      'notices',
      'requests',
      'runs',
      'samples',
      'series',
      'series_points',
      'texts',
      'turns',
    ]);
    const strict = db
      .prepare(`SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 1`)
      .pluck()
      .get();
    expect(strict).toBe(tables.length);
    db.close();
  });

  it.skipIf(process.platform === 'win32')('keeps the file from other users', () => {
    openDatabase(options()).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('refuses a file of a newer version and leaves it alone', () => {
    openDatabase(options()).close();
    const other = new SQLite(file);
    other.exec('PRAGMA user_version = 99');
    other.close();
    let thrown: unknown;
    try {
      openDatabase(options());
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CrosstalkError);
    expect((thrown as CrosstalkError).error).toMatchObject({ kind: 'refused', code: 'newer_history' });
    expect((thrown as CrosstalkError).message).toContain(file);
    const after = new SQLite(file);
    expect(after.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
    after.close();
  });
});

describe('migrate', () => {
  it('applies only the steps that are missing', () => {
    const db = new SQLite(file);
    migrate(db, file, ['CREATE TABLE a (x) STRICT'.replace('x', 'x TEXT')]);
    migrate(db, file, ['not run again', 'CREATE TABLE b (x TEXT) STRICT']);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    expect(db.prepare(`SELECT name FROM sqlite_schema ORDER BY name`).pluck().all()).toEqual(['a', 'b']);
    db.close();
  });

  it('applies all steps or none', () => {
    const db = new SQLite(file);
    expect(() => migrate(db, file, ['CREATE TABLE a (x TEXT) STRICT', 'CREATE NONSENSE'])).toThrow(
      /NONSENSE/,
    );
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    expect(db.prepare(`SELECT count(*) FROM sqlite_schema`).pluck().get()).toBe(0);
    db.close();
  });

  it('keeps others out while it works', () => {
    const db = new SQLite(file);
    db.pragma('journal_mode = WAL');
    const other = new SQLite(file, { timeout: 0 });
    other.exec('BEGIN IMMEDIATE');
    db.pragma('busy_timeout = 0');
    expect(() => migrate(db, file)).toThrow(/locked/);
    other.exec('ROLLBACK');
    migrate(db, file);
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
    other.close();
    db.close();
  });
});
