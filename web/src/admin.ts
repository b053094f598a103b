// The operator page. Everything it shows is built node by node from data, never from a string of HTML.
import { createElement, render } from 'preact';
import { App } from './admin/app';

const root = document.querySelector('#app');
if (root) {
  root.replaceChildren();
  render(createElement(App, null), root);
}
